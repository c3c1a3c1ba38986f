/*
 * One bell per group, a job on `open-windows`.
 *
 *   none ──open──▶ delayed ──time──▶ waiting ──worker──▶ active ──done──▶ none
 *   none ──ring──▶ waiting           delayed ──ring──▶ waiting (the delayed bell is replaced)
 *   active: BullMQ keeps the last open or ring and makes it the next bell when the active one is done.
 *
 * The race: of a ring and a later open during one active bell the open is the last, and the ring would wait for a
 * whole window. So a ring first leaves a mark, which a bell takes away when it starts (it will see all that the ring
 * was about), and an open that finds a mark after its own job was added rings once more. A mark that is not there yet
 * belongs to a ring whose job comes later than the open's. A mark too many costs one early bell.
 */
import { closeTrigger, type CloseTrigger, type GroupId } from '@batch-gpt/contracts';
import type { WindowBells } from '@batch-gpt/domain';
import { orUnavailable } from './or-unavailable.ts';
import { createPublisher, type PublisherOptions } from './publisher.ts';
import { queueKeys } from './queue-keys.ts';

const MARK_KEPT_S = 60 * 60;

/** Creates the bells that close windows; `createBellConsumer` hears them. */
export function createWindowBells({ redis, prefix }: PublisherOptions): WindowBells & AsyncDisposable {
  const publisher = createPublisher('openWindows', { redis, prefix });
  const keys = queueKeys(prefix);

  // Without `replace` a delayed bell would swallow the ring; without `keepLastIfActive` an active one would.
  const addRing = (group: GroupId, trigger: CloseTrigger) =>
    publisher.publish(
      { group, trigger },
      { delay: 0, deduplication: { id: group, replace: true, keepLastIfActive: true } },
    );

  return {
    open: async (group, delay) => {
      await publisher.publish(
        { group, trigger: 'time' },
        { delay, deduplication: { id: group, keepLastIfActive: true } },
      );
      const marked = closeTrigger.safeParse(await orUnavailable(() => redis.get(keys.rung(group))));
      if (marked.success) await addRing(group, marked.data);
    },
    ring: async (group, trigger) => {
      await orUnavailable(() => redis.set(keys.rung(group), trigger, 'EX', MARK_KEPT_S));
      await addRing(group, trigger);
    },
    [Symbol.asyncDispose]: () => publisher[Symbol.asyncDispose](),
  };
}

/** Says that a bell of this group starts: whatever was rung before this moment is its own work. */
export async function takeRing({ redis, prefix }: PublisherOptions, group: GroupId): Promise<void> {
  await orUnavailable(() => redis.del(queueKeys(prefix).rung(group)));
}

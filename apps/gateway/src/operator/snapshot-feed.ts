/*
 * One reader of snapshots for all who look.
 *
 *   idle ── subscribe ──▶ reading ──▶ resting (a quarter of a second, longer after a slow read) ──▶ reading …
 *     ▲                                  │
 *     └────── nobody listens any more ───┘
 *
 * A snapshot that says what the last one said is not passed on.
 */
import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { type Logger } from '@batch-gpt/logging';
import { type GatewayClock } from '../gateway-clock.ts';
import { type ReadSnapshot } from './read-snapshot.ts';

export interface SnapshotFeed {
  /** The snapshot of the last quarter of a second, or a new one; who asks meanwhile shares it. */
  current(): Promise<OperatorSnapshot>;
  /** Is told of every change from now on; the result ends it. */
  subscribe(listener: (snapshot: OperatorSnapshot) => void): () => void;
}

export interface SnapshotFeedOptions {
  readonly read: ReadSnapshot;
  readonly clock: Pick<GatewayClock, 'monotonic' | 'after'>;
  readonly logger: Logger;
}

/** Milliseconds. */
const shortestRest = 250;
const restAfterFailure = 1000;
/** A read may take a fifth of the time. */
const restPerRead = 4;

export function createSnapshotFeed({ read, clock, logger }: SnapshotFeedOptions): SnapshotFeed {
  const listeners = new Set<(snapshot: OperatorSnapshot) => void>();
  let reading: Promise<OperatorSnapshot> | null = null;
  let latest: { readonly snapshot: OperatorSnapshot; readonly at: number; readonly rest: number } | null = null;
  let published: string | null = null;
  let isFailing = false;
  let isRunning = false;
  let cancel: (() => void) | null = null;

  const readOnce = (): Promise<OperatorSnapshot> => {
    const since = clock.monotonic();
    reading ??= read()
      .then((snapshot) => {
        const at = clock.monotonic();
        latest = { snapshot, at, rest: Math.max(shortestRest, restPerRead * (at - since)) };
        return snapshot;
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  const current = async () => {
    if (latest !== null && clock.monotonic() - latest.at < latest.rest) return latest.snapshot;
    return readOnce();
  };

  const turn = async () => {
    cancel = null;
    const rest = await readAndPublish();
    if (listeners.size > 0) cancel = clock.after(rest, () => void turn());
    else isRunning = false;
  };
  const readAndPublish = async (): Promise<number> => {
    try {
      const snapshot = await current();
      isFailing = false;
      if (snapshot.id !== published) {
        published = snapshot.id;
        for (const listener of [...listeners]) listener(snapshot);
      }
      return latest?.rest ?? shortestRest;
    } catch (err) {
      if (!isFailing) logger.warn('a snapshot for operators failed, the next is tried', { err });
      isFailing = true;
      return restAfterFailure;
    }
  };

  return {
    current,
    subscribe: (listener) => {
      listeners.add(listener);
      if (!isRunning) {
        isRunning = true;
        published = null;
        void turn();
      }
      return () => {
        listeners.delete(listener);
        // A turn that is reading ends by itself.
        if (listeners.size > 0 || cancel === null) return;
        cancel();
        cancel = null;
        isRunning = false;
      };
    },
  };
}

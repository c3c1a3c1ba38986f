import type { Redis } from 'ioredis';
import { type Consumer, type ConsumerOptions, startConsumer } from './consumer.ts';
import { defaultPrefix } from './queue-keys.ts';
import { takeRing } from './window-bells.ts';

/** A consumer's options, and a `producer` connection. */
export interface BellConsumerOptions extends ConsumerOptions<'openWindows'> {
  readonly redis: Redis;
}

/** Hears the bells of `createWindowBells`: at most one at a time per group. */
export function createBellConsumer({ redis, handler, ...options }: BellConsumerOptions): Consumer {
  const prefix = options.prefix ?? defaultPrefix;
  return startConsumer('openWindows', {
    ...options,
    handler: async (payload, context) => {
      await takeRing({ redis, prefix }, payload.group);
      await handler(payload, context);
    },
  });
}

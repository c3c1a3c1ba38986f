import { maxKeysPerEvent, type OutcomeEvent } from '@batch-gpt/contracts';
import type { OutcomeAnnouncer } from '@batch-gpt/domain';
import type { Redis } from 'ioredis';
import { orUnavailable } from '../or-unavailable.ts';
import { queueKeys } from '../queue-keys.ts';

/** Publishes keys on the one channel that all gateways hear, in messages of up to 500. */
export function createOutcomeAnnouncer({ redis, prefix }: { redis: Redis; prefix: string }): OutcomeAnnouncer {
  const { outcomeChannel } = queueKeys(prefix);
  return {
    announceOutcomes: async (keys) => {
      if (keys.length === 0) return;
      await orUnavailable(async () => {
        const pipeline = redis.pipeline();
        for (let from = 0; from < keys.length; from += maxKeysPerEvent) {
          const event: OutcomeEvent = { kind: 'outcomes', keys: keys.slice(from, from + maxKeysPerEvent) };
          pipeline.publish(outcomeChannel, JSON.stringify(event));
        }
        const failed = (await pipeline.exec())?.find(([error]) => error !== null);
        if (failed !== undefined) throw new Error('a message was not published', { cause: failed[0] });
      });
    },
  };
}

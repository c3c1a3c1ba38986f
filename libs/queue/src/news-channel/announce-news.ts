import { batchNews } from '@batch-gpt/contracts';
import type { BatchNews } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { Redis } from 'ioredis';
import { orUnavailable } from '../or-unavailable.ts';
import { queueKeys } from '../queue-keys.ts';

/** Publishes news of batches on the one channel that all batchers hear. An id that names no batch is a bug and throws. */
export function createBatchNews({ redis, prefix }: { redis: Redis; prefix: string }): BatchNews {
  const { newsChannel } = queueKeys(prefix);
  return {
    announceNews: async (id) => {
      const news = batchNews.safeParse({ id });
      if (!news.success)
        throw new AppError('internal_error', 'News of something that is no batch', { cause: news.error });
      await orUnavailable(() => redis.publish(newsChannel, JSON.stringify(news.data)));
    },
  };
}

import type { Logger } from '@batch-gpt/logging';
import { connectRedis } from '../connect-redis.ts';
import { endConnection } from '../end-connection.ts';
import { defaultPrefix, queueKeys } from '../queue-keys.ts';
import { parseNews } from './parse-news.ts';

/** What to do with what is heard. */
export interface NewsSubscriberOptions {
  readonly redisUrl: string;
  readonly prefix?: string;
  readonly logger: Logger;
  /** This batch has news; `id` is ours or the provider's. Called for batches of other batchers as well; must not throw. */
  readonly onNews: (id: string) => void;
}

/**
 * Hears the news channel on a connection of its own, until disposed. News that is lost only comes later, with the next
 * poll or sweep: so it subscribes anew after every reconnect, and nothing watches for silence.
 */
export function createNewsSubscriber(options: NewsSubscriberOptions): AsyncDisposable {
  const { redisUrl, prefix = defaultPrefix, logger, onNews } = options;
  const { newsChannel } = queueKeys(prefix);
  const ear = connectRedis({ url: redisUrl, role: 'subscriber', logger });
  let ended = false;

  ear.on('ready', () => {
    ear.subscribe(newsChannel).catch((err: unknown) => {
      // The connection broke again, which brings its own `ready`.
      if (!ended) logger.warn('the news channel could not be subscribed', { err });
    });
  });
  ear.on('message', (_channel, message) => {
    const news = parseNews(message);
    if (news === null) logger.warn('a message on the news channel is no news', { length: message.length });
    else onNews(news.id);
  });
  return {
    [Symbol.asyncDispose]: () => {
      ended = true;
      endConnection(ear);
      return Promise.resolve();
    },
  };
}

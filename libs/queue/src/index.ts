export { connectRedis, type ConnectRedisOptions } from './connect-redis.ts';
export { endConnection } from './end-connection.ts';
export { type RedisRole } from './redis-options.ts';
export { checkRedis, type RedisFitness, watchRedis } from './check-redis.ts';
export { pingRedis } from './ping-redis.ts';
export { defaultPrefix, queueKeys } from './queue-keys.ts';
export { type JobKind, type JobPayload } from './job-catalogue.ts';
export { createPublisher, type Publisher, type PublisherOptions, type PublishOptions } from './publisher.ts';
export { type Consumer, type ConsumerOptions, type JobContext, type JobHandler } from './consumer.ts';
export { createConsumer, type PlainJobKind } from './create-consumer.ts';
export { type BellConsumerOptions, createBellConsumer } from './bell-consumer.ts';
export { announceProcess, type AnnounceProcessOptions, type ProcessState } from './announce-process.ts';
export { createSignals, type Signals, type SignalsOptions } from './create-signals.ts';
export { type SweepScheduler } from './sweep-scheduler.ts';
export {
  createOutcomeSubscriber,
  type OutcomeSubscriber,
  type OutcomeSubscriberOptions,
  type ResyncReason,
} from './outcome-channel/outcome-subscriber.ts';
export { createNewsSubscriber, type NewsSubscriberOptions } from './news-channel/news-subscriber.ts';

import { type Consumer, type ConsumerOptions, startConsumer } from './consumer.ts';
import type { JobKind } from './job-catalogue.ts';

/** Every kind but the bells, which `createBellConsumer` hears: a bell must take its ring's mark away. */
export type PlainJobKind = Exclude<JobKind, 'openWindows'>;

/** Starts to consume a kind of job, and goes on through every outage of Redis until it is disposed. */
export const createConsumer = <K extends PlainJobKind>(kind: K, options: ConsumerOptions<K>): Consumer =>
  startConsumer(kind, options);

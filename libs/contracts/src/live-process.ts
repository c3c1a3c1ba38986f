import { z } from 'zod';
import { accountId } from './ids.ts';
import { settingInForce } from './operator/settings.ts';

const count = z.int().min(0);

/** What a running process says of itself every few seconds, through Redis. Times are milliseconds since the epoch. */
export const liveProcess = z.object({
  /** Its own for as long as it runs; a batcher signs its batches with it. */
  id: z.string().min(1).max(256),
  service: z.string().min(1).max(64),
  host: z.string().max(256),
  pid: count,
  version: z.string().max(64),
  since: count,
  /** Open calls, of a gateway. */
  heldConnections: count.nullable(),
  /** Batches that it works on, of a batcher or a results service. */
  heldBatches: count.nullable(),
  /** Milliseconds until a batch may be created, by account, of a batcher. */
  creations: z.array(z.object({ account: accountId, perHour: count, wait: z.number().min(0) })).max(1000),
  /** What it runs with, secrets redacted; earlier releases do not say. */
  settings: z.array(settingInForce).max(500).readonly().default([]),
});
export type LiveProcess = z.infer<typeof liveProcess>;

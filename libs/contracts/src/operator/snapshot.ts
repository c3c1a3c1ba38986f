import { z } from 'zod';
import { batchEndpoint } from '../endpoints.ts';
import { operatorBatch } from './batch.ts';
import { count, dollars, duration, time } from './values.ts';

/** Lines and batches that settled in a time: what was billed is stored with a batch, so nothing is counted twice. */
const settledTotals = z.object({
  lines: count,
  succeeded: count,
  failed: count,
  /** Runs that gave no outcome: their lines were collected again. */
  sent_again: count,
  batches: count,
  /** By the provider's last word: `completed`, `failed`, `expired`, `cancelled`. */
  batches_by_status: z.record(z.string(), count),
});
export type SettledTotals = z.infer<typeof settledTotals>;

/** What may share a batch, while some of it waits. */
export const operatorGroup = z.object({
  id: z.string(),
  tenant: z.string(),
  account: z.string(),
  endpoint: batchEndpoint,
  model: z.string(),
  /** Leading bits of the keys, while a bad line is being looked for; else empty. */
  split: z.string(),
  pending: count,
  /** More wait than were counted. */
  pending_is_more: z.boolean(),
  oldest_accepted_at: time,
  /** When its window closes at the latest: an estimate, from the window that this gateway is configured with. */
  window_closes_at: time,
});
export type OperatorGroup = z.infer<typeof operatorGroup>;

/** A process that says that it lives, or an owner of open batches that does not. */
export const operatorWorker = z.object({
  /** The name that it signs its batches with, where it holds some. */
  id: z.string(),
  service: z.string(),
  host: z.string().nullable(),
  pid: z.int().nullable(),
  version: z.string().nullable(),
  since: time.nullable(),
  /** Whether it said so lately. An owner whose word is missing may live all the same: Redis may be away. */
  alive: z.boolean(),
  /** When the beat of one of its batches was last seen to rise, by this gateway while it took snapshots. */
  last_beat_at: time.nullable(),
  held_connections: count.nullable(),
  held_batches: count.nullable(),
});
export type OperatorWorker = z.infer<typeof operatorWorker>;

const dependency = z.object({ up: z.boolean(), latency_ms: z.number().min(0).nullable() });

/** Costs and savings of what settled in a time, in US dollars. Null: not measured. */
const moneyTotals = z.object({
  /** Billed by batches. */
  spent_usd: dollars,
  /** The same tokens at the list price of synchronous calls. */
  list_usd: dollars,
  /** The list price less what was spent. */
  batch_discount_usd: dollars,
  /** Calls that a stored outcome answered, and what they would have cost. */
  cache_hits: z.object({ calls: count, saved_usd: dollars }).nullable(),
  /** Calls that joined a request which was under way. */
  shared_calls: z.object({ calls: count, saved_usd: dollars }).nullable(),
  /** What lines cost that ran again, or were paid and not delivered. */
  wasted_usd: dollars.nullable(),
  /** Models without a price: what they cost is unknown and in none of the sums. */
  unpriced: z.array(z.object({ model: z.string(), lines: count })),
});
export type MoneyTotals = z.infer<typeof moneyTotals>;

/** `GET /admin/snapshot`: everything that matters now. Days and months are those of UTC. */
export const operatorSnapshot = z.object({
  object: z.literal('batch_gpt.snapshot'),
  /** Of what it says apart from its time, latencies and beats: the `id:` of its event. */
  id: z.string(),
  at: time,
  /** Since when the store has not answered: all that comes from it is as it was then. Null while it answers. */
  stale_since: time.nullable(),
  /** How long windows collect, as this gateway is configured; the batcher's own setting decides. */
  window_seconds: duration,
  requests: z.object({
    /** Waiting for a batch. */
    accepted: count,
    /** More wait than were counted. */
    accepted_is_more: z.boolean(),
    /** Lines of open batches. */
    collected: count,
    /** Of both, what waits for a batcher and for nothing else: by this batchers are scaled. */
    backlog: count,
    settled_today: settledTotals,
    settled_month: settledTotals,
  }),
  batches: z.object({
    open: count,
    /** Open ones by our state and by OpenAI's word. */
    by_state: z.record(z.string(), count),
    by_status: z.record(z.string(), count),
    /** Of this and the next, those that an operator has given up are left out. */
    in_trouble: count,
    oldest_created_at: time.nullable(),
  }),
  /** Those that wait longest first. */
  groups: z.array(operatorGroup),
  /** There are more than are shown. */
  more_groups: z.boolean(),
  /** Oldest first. */
  open_batches: z.array(operatorBatch),
  more_batches: z.boolean(),
  workers: z.array(operatorWorker),
  /** Why workers may be missing. */
  workers_note: z.string().nullable(),
  dependencies: z.object({ store: dependency, redis: dependency }),
  headroom: z.object({
    /** Open connections that wait in this gateway, and how many may. */
    waiters: z.object({ held: count, free: count, max: count }),
    /** How long until a batch may be created, by account, as the batchers said lately; 0: at once. */
    creations: z.array(z.object({ account: z.string(), per_hour: count, wait_seconds: duration })),
  }),
  money: z.object({ today: moneyTotals, month: moneyTotals }),
});
export type OperatorSnapshot = z.infer<typeof operatorSnapshot>;

/** `GET /admin/backlog`: what services are scaled by, as plain numbers. */
export const operatorBacklog = z.object({
  object: z.literal('batch_gpt.backlog'),
  /** For batchers: as `requests.backlog` of the snapshot. */
  backlog: count,
  /** For results workers. */
  open_batches: count,
  /** For gateways: connections that this one holds. */
  held_connections: count,
});
export type OperatorBacklog = z.infer<typeof operatorBacklog>;

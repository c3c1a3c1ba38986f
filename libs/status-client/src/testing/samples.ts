import { type OperatorBatch, type OperatorRequestDetails, type OperatorSnapshot } from '@batch-gpt/contracts';

const group = 'acme|main|/v1/chat/completions|gpt-4o-mini|';

/** A batch that is with the provider. */
export function sampleBatch(overrides: Partial<OperatorBatch> = {}): OperatorBatch {
  return {
    ...{ object: 'batch_gpt.batch', id: `batch_${'0'.repeat(32)}`, tenant: 'acme', account: 'main', group },
    ...{ endpoint: '/v1/chat/completions', model: 'gpt-4o-mini', state: 'submitted', status: 'in_progress' },
    ...{ provider_batch_id: 'batch_x', provider_status: 'in_progress', created_at: 100, updated_at: 110 },
    ...{ settled_at: null, expires_at: null, cancel_requested_at: null, bytes: 10, attempt: 1, depth: 0 },
    ...{ counts: { total: 10, completed: 4, failed: 1 }, owner: 'a.1.00000000' },
    ...{ trouble: null, failure: null, estimate: null, cost: null },
    ...overrides,
  };
}

const settled = { lines: 0, succeeded: 0, failed: 0, sent_again: 0, batches: 0, batches_by_status: {} };
const money = {
  ...{ spent_usd: 0, list_usd: 0, batch_discount_usd: 0 },
  ...{ cache_hits: null, shared_calls: null, wasted_usd: null, unpriced: [] },
};

/** A snapshot of a quiet system. */
export function sampleSnapshot(overrides: Partial<OperatorSnapshot> = {}): OperatorSnapshot {
  return {
    ...{ object: 'batch_gpt.snapshot', id: '0', at: 1000, stale_since: null, window_seconds: 5 },
    requests: {
      accepted: 0,
      accepted_is_more: false,
      collected: 0,
      backlog: 0,
      settled_today: settled,
      settled_month: settled,
    },
    batches: { open: 0, by_state: {}, by_status: {}, in_trouble: 0, oldest_created_at: null },
    ...{ groups: [], more_groups: false, open_batches: [], more_batches: false, workers: [], workers_note: null },
    dependencies: { store: { up: true, latency_ms: 1 }, redis: { up: true, latency_ms: 1 } },
    headroom: { waiters: { held: 0, free: 10, max: 10 }, creations: [] },
    money: { today: money, month: money },
    ...overrides,
  };
}

/** The requests of a snapshot. */
export function sampleRequests(
  overrides: Partial<OperatorSnapshot['requests']> = {},
  month: Partial<typeof settled> = {},
): OperatorSnapshot['requests'] {
  return { ...sampleSnapshot().requests, settled_month: { ...settled, ...month }, ...overrides };
}

/** A request that waits for its window. */
export function sampleRequest(overrides: Partial<OperatorRequestDetails> = {}): OperatorRequestDetails {
  return {
    ...{ id: '0'.repeat(64) as OperatorRequestDetails['id'], object: 'batch_gpt.request', tenant: 'acme' },
    ...{ account: 'main', endpoint: '/v1/chat/completions', model: 'gpt-4o-mini', state: 'accepted', group },
    ...{ created_at: 100, window_closes_at: 105, collected_at: null, completed_at: null, batch_id: null },
    ...{ provider_batch_id: null, provider_status: null, request_counts: null, attempt: 0, rounds: 0, outcome: null },
    ...{ waits_for: 'window', failure: null, timeline: [], estimate: null, batch: null, expires_at: null },
    ...{ delivered: false },
    ...overrides,
  };
}

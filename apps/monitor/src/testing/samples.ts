import {
  type OperatorBatchDetails,
  type OperatorGroup,
  type OperatorSnapshot,
  type OperatorWorker,
} from '@batch-gpt/contracts';
import { sampleBatch, sampleSnapshot } from '@batch-gpt/status-client/samples';

/** Unix seconds. */
export const sampleNow = 1_764_009_424;

/** The id of a batch that begins with this. */
export const batchIdOf = (begin: string): string => `batch_${begin.padEnd(32, '0')}`;

/** A batch that settled, failed lines and all. */
export const settledBatch = sampleBatch({
  ...{ id: batchIdOf('5e771ed'), state: 'settled', status: 'completed', settled_at: sampleNow - 60 },
  ...{ created_at: sampleNow - 360, counts: { total: 10, completed: 8, failed: 2 } },
  cost: { batch_usd: 0.5, list_usd: 1 },
});

/** A batch that the provider refused. */
export const failedBatch = sampleBatch({
  ...{ id: batchIdOf('fa11ed'), state: 'settled', status: 'failed', settled_at: sampleNow - 30 },
  failure: { code: 'invalid_json', message: 'line 3 is no JSON', type: null, param: null },
});

/** Everything about a batch. */
export function sampleBatchDetails(overrides: Partial<OperatorBatchDetails> = {}): OperatorBatchDetails {
  return {
    ...sampleBatch({ id: batchIdOf('de7a115'), created_at: sampleNow - 120, expires_at: sampleNow + 86_000 }),
    timeline: [
      { at: sampleNow - 120, event: 'batch.forming', note: null },
      { at: sampleNow - 118, event: 'provider.created', note: 'accepted by the provider' },
    ],
    ...{ errors: [], named_lines: [], named_line_count: 0, former_provider_batch_ids: [] },
    ...{ input_file_id: 'file-in', output_file_id: null, error_file_id: null, intent_at: null, tokens: 1234 },
    ...{ usage: null, took_seconds: null },
    ...overrides,
  };
}

/** A group whose window is half over. */
export const sampleGroup: OperatorGroup = {
  ...{ id: 'acme|main|/v1/chat/completions|gpt-4o-mini|', tenant: 'acme', account: 'main' },
  ...{ endpoint: '/v1/chat/completions', model: 'gpt-4o-mini', split: '', pending: 12, pending_is_more: false },
  ...{ oldest_accepted_at: sampleNow - 2, window_closes_at: sampleNow + 2 },
};

/** A batcher that lives, or one that does not say so. */
export const sampleWorker = (overrides: Partial<OperatorWorker> = {}): OperatorWorker => ({
  ...{ id: 'host.12.0000000a', service: 'batcher', host: 'host', pid: 12, version: '0.1.0', since: sampleNow - 60 },
  ...{ alive: true, last_beat_at: null, held_connections: null, held_batches: 3 },
  ...overrides,
});

/** A system with something of everything. */
export function busySnapshot(overrides: Partial<OperatorSnapshot> = {}): OperatorSnapshot {
  const quiet = sampleSnapshot();
  const settled = {
    ...quiet.requests.settled_today,
    ...{ lines: 1204, succeeded: 1200, failed: 4, sent_again: 2, batches: 42 },
    batches_by_status: { completed: 40, cancelled: 1, expired: 1 },
  };
  const open = [
    sampleBatch({ id: batchIdOf('01d'), created_at: sampleNow - 300, expires_at: sampleNow + 3600 }),
    sampleBatch({ ...{ id: batchIdOf('7a11'), created_at: sampleNow - 60, status: 'validating', model: 'gpt-4o' } }),
  ];
  return sampleSnapshot({
    ...{ id: 'busy', at: sampleNow },
    requests: { ...quiet.requests, accepted: 12, collected: 20, settled_today: settled, settled_month: settled },
    batches: {
      ...{ open: 2, by_state: { submitted: 2 }, by_status: { in_progress: 1, validating: 1 } },
      ...{ in_trouble: 1, oldest_created_at: sampleNow - 300 },
    },
    ...{ groups: [sampleGroup], open_batches: open },
    workers: [sampleWorker(), sampleWorker({ id: 'gone.1.0000000b', alive: false })],
    ...overrides,
  });
}

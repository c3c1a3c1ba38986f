import {
  accountId,
  batchId,
  formatGroup,
  requestKey,
  tenantId,
  type BatchId,
  type GroupId,
  type RequestKey,
} from '@batch-gpt/contracts';
import {
  batchLineBytes,
  defaultRetention,
  keepUntil,
  newBatch,
  type BatchRecord,
  type IdempotencyRecord,
  type LedgerEntry,
  type NewRequest,
  type Outcome,
  type OwnedId,
  type ProviderSnapshot,
  type Settlement,
} from '@batch-gpt/domain';

/** A fixed moment that samples count from, in milliseconds since the epoch. */
export const sampleTime = Date.UTC(2026, 0, 1);

export const sampleTenant = tenantId.parse('acme');
export const sampleAccount = accountId.parse('main');

/** The n-th sample key; keys sort as their numbers do. */
export function sampleKey(n: number): RequestKey {
  return requestKey.parse(n.toString(16).padStart(64, '0'));
}

/** The n-th sample batch id; ids sort as their numbers do. */
export function sampleBatchId(n: number): BatchId {
  return batchId.parse(`batch_${n.toString(16).padStart(32, '0')}`);
}

/** A group of the sample tenant; groups of models `a`, `b`, … sort as their models do. */
export function sampleGroup(model = 'gpt-4o-mini', split = ''): GroupId {
  return formatGroup({
    tenant: sampleTenant,
    account: sampleAccount,
    endpoint: '/v1/chat/completions',
    model,
    split,
  });
}

/** An ordinary request of the sample group, accepted n milliseconds after {@link sampleTime}. */
export function sampleRequest(n: number, overrides: Partial<NewRequest> = {}): NewRequest {
  const key = overrides.key ?? sampleKey(n);
  const endpoint = overrides.endpoint ?? '/v1/chat/completions';
  const body = overrides.body ?? `{"messages":[{"content":"question ${n}","role":"user"}],"model":"gpt-4o-mini"}`;
  return {
    base: null,
    retry: 0,
    tenant: sampleTenant,
    account: sampleAccount,
    model: 'gpt-4o-mini',
    group: sampleGroup(),
    lineBytes: batchLineBytes(endpoint, Buffer.byteLength(body)),
    tokens: 20 + n,
    inputs: 0,
    shareable: true,
    limited: false,
    cacheTtl: null,
    asksAnew: false,
    acceptedAt: sampleTime + n,
    ...overrides,
    key,
    endpoint,
    body,
  };
}

/** Requests `from`, `from + 1`, … */
export function sampleRequests(count: number, overrides: Partial<NewRequest> = {}, from = 0): NewRequest[] {
  return Array.from({ length: count }, (_, index) => sampleRequest(from + index, overrides));
}

/** A shareable success, unless told otherwise. */
export function sampleOutcome(overrides: Partial<Outcome> = {}): Outcome {
  return {
    kind: 'succeeded',
    status: 200,
    body: '{"choices":[],"id":"chatcmpl-1","object":"chat.completion"}',
    shareable: true,
    usage: { inputTokens: 12, outputTokens: 5, cachedTokens: 3, totalTokens: 17 },
    providerRequestId: 'req_1',
    batchId: null,
    at: sampleTime + 60_000,
    ...overrides,
  };
}

/** An outcome for a key, kept for the default times. */
export function sampleSettlement(key: RequestKey, outcome: Outcome = sampleOutcome(), attempt = 1): Settlement {
  return { key, outcome, attempt, ...keepUntil(outcome, defaultRetention, { isPrivate: false, cacheTtl: null }) };
}

/** A batch that is `forming`, created n milliseconds after {@link sampleTime}. */
export function sampleBatch(n: number, overrides: Partial<BatchRecord> = {}): BatchRecord {
  return { ...newBatch(sampleBatchId(n), sampleGroup(), 'owner-1', sampleTime + n), ...overrides };
}

/** What the provider says of a batch: nothing but its status. */
export function sampleSnapshot(overrides: Partial<ProviderSnapshot> = {}): ProviderSnapshot {
  return {
    status: 'completed',
    outputFileId: null,
    errorFileId: null,
    createdAt: 1,
    inProgressAt: null,
    finalizingAt: null,
    completedAt: null,
    failedAt: null,
    expiredAt: null,
    cancellingAt: null,
    cancelledAt: null,
    expiresAt: null,
    counts: { total: 0, completed: 0, failed: 0 },
    errors: [],
    ...overrides,
  };
}

/** The n-th idempotency key of the sample tenant, for a day. */
export function sampleIdempotency(n: number, overrides: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return {
    id: `e${n.toString(16).padStart(63, '0')}`,
    tenant: sampleTenant,
    content: sampleKey(n),
    key: sampleKey(n),
    createdAt: sampleTime,
    expiresAt: sampleTime + 86_400_000,
    ...overrides,
  };
}

/** One cache hit of the sample tenant on {@link sampleTime}'s day. */
export function sampleLedgerEntry(overrides: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    tenant: sampleTenant,
    model: 'gpt-4o-mini',
    day: '2026-01-01',
    kind: 'cache_hit',
    calls: 1,
    inputTokens: 12,
    cachedTokens: 3,
    outputTokens: 5,
    ...overrides,
  };
}

/** The n-th background response of the sample tenant, for a month. */
export function sampleOwnedId(n: number, overrides: Partial<OwnedId> = {}): OwnedId {
  return {
    id: `resp_${n}`,
    tenant: sampleTenant,
    kind: 'response',
    account: sampleAccount,
    key: sampleKey(n),
    text: `{"model":"gpt-4o-mini","n":${n}}`,
    createdAt: sampleTime + n,
    cancelledAt: null,
    expiresAt: sampleTime + 30 * 86_400_000,
    ...overrides,
  };
}

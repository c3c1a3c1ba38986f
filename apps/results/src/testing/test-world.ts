import type { BatchRecord, Member, NewRequest, RequestRecord } from '@batch-gpt/domain';
import { defaultRetention } from '@batch-gpt/domain';
import { silentLogger } from '@batch-gpt/logging';
import { createMetrics } from '@batch-gpt/metrics';
import {
  createMemoryProvider,
  createMemorySignals,
  createMemoryStores,
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleRequests,
  sampleSnapshot,
  sampleTime,
} from '@batch-gpt/testing';
import type { ResultsDeps } from '../results-deps.ts';
import { settleBatch } from '../settle-batch.ts';

export const batchId = sampleBatchId(1);
export const at = sampleTime + 100_000;
const signal = new AbortController().signal;

/** A result row of the n-th sample key. */
export const row = (n: number, rest: string) => `{"id":"r${n}","custom_id":"${sampleKey(n)}",${rest}}`;
export const body = (n: number) =>
  `{"id": "c${n}", "choices": [{"finish_reason": "stop"}], "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}}`;
export const ok = (n: number, text = body(n)) =>
  row(n, `"response":{"status_code":200,"request_id":"q","body":${text}},"error":null`);
export const answered = (n: number, status: number) =>
  row(n, `"response":{"status_code":${status},"request_id":"q","body":{"error":{"message":"No."}}},"error":null`);
export const unanswered = (n: number, code: string) =>
  row(n, `"response":null,"error":{"code":"${code}","message":"Not run."}`);
export const file = (...rows: string[]) => rows.map((line) => `${line}\n`).join('');

export const snapshot = sampleSnapshot();

export interface WorldOptions {
  readonly lines: number;
  readonly output?: string;
  readonly errors?: string;
  readonly counts?: { readonly total: number; readonly completed: number };
  readonly status?: string;
  readonly batch?: Partial<BatchRecord>;
  readonly request?: Partial<NewRequest>;
}

/** An ended batch of the sample keys 0 … lines - 1, with result files at the provider. */
export async function createTestWorld(options: WorldOptions) {
  const { lines, output, errors, counts } = options;
  const stores = createMemoryStores();
  const signals = createMemorySignals();
  const provider = createMemoryProvider();
  const group = options.batch?.group ?? sampleGroup();
  await stores.requests.insert(sampleRequests(lines, { group, ...options.request }));
  const keys = Array.from({ length: lines }, (_, n) => sampleKey(n));
  for (let from = 0; from < lines; from += 1000) {
    await stores.requests.claim(group, batchId, keys.slice(from, from + 1000), sampleTime);
  }
  const outputFileId = output === undefined ? null : provider.addFile(output);
  const errorFileId = errors === undefined ? null : provider.addFile(errors);
  const completed = (output ?? '').split('\n').filter((line) => line.includes('"status_code":2')).length;
  const told = { failed: 0, ...(counts ?? { total: lines, completed }) };
  const batch = sampleBatch(1, {
    state: 'ended',
    epoch: 3,
    sizes: { lines, bytes: 1, tokens: 1, inputs: 0 },
    providerBatchId: 'batch_p',
    provider: { ...snapshot, status: options.status ?? 'completed', outputFileId, errorFileId, counts: told },
    ...options.batch,
  });
  await stores.batches.insert(batch);

  const deps: ResultsDeps = {
    ...stores,
    providerOf: () => provider,
    outcomes: signals.outcomes,
    bells: signals.bells,
    clock: { now: () => at },
    logger: silentLogger,
    metrics: createMetrics({ service: 'results', version: '0', processMetrics: false }),
    retention: defaultRetention,
    window: 5000,
    maxLineBytes: 1_000_000,
    maxTextBytes: 1_000_000,
    stuckAfter: 3_600_000,
  };
  return {
    stores,
    signals,
    provider,
    batch,
    deps,
    settle: (changed: Partial<ResultsDeps> = {}) => settleBatch({ ...deps, ...changed }, batchId, signal),
    record: async (): Promise<BatchRecord> => {
      const record = await stores.batches.get(batchId);
      if (record === null) throw new Error('no batch');
      return record;
    },
    request: async (n: number): Promise<RequestRecord> => {
      const found = (await stores.requests.lookup([sampleKey(n)])).rows.get(sampleKey(n));
      if (found === undefined) throw new Error('no request');
      return found;
    },
    requests: async (): Promise<readonly RequestRecord[]> => [...(await stores.requests.lookup(keys)).rows.values()],
    members: (): Promise<readonly Member[]> => stores.requests.members(batchId, null, 1000),
  };
}

export type TestWorld = Awaited<ReturnType<typeof createTestWorld>>;

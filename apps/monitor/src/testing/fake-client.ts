import { batchId, groupId, type OperatorBatch, type OperatorSnapshot } from '@batch-gpt/contracts';
import { StatusError, type StatusClient, type StatusNews } from '@batch-gpt/status-client';
import { sampleRequest } from '@batch-gpt/status-client/samples';
import { once } from 'node:events';
import { failedBatch, sampleBatchDetails, settledBatch } from './samples.ts';

/** A client of a gateway that a test plays. */
export interface FakeClient extends StatusClient {
  /** Sends this to whoever follows. */
  readonly tell: (news: StatusNews) => void;
  /** What `snapshot` answers; an error: it rejects with it. */
  readonly answer: (reply: OperatorSnapshot | Error) => void;
  /** What was asked for and ordered, one text each. */
  readonly calls: readonly string[];
  readonly followers: () => number;
}

/** The error of a gateway that is not there. */
export const unreachable = new StatusError('The gateway cannot be reached.', {
  kind: 'unreachable',
  cause: new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') }),
});

const settledByStatus: Readonly<Record<string, readonly OperatorBatch[]>> = {
  completed: [settledBatch],
  failed: [failedBatch],
  cancelled: [],
};

/** Creates one; `batches` and `requests` answer samples, orders succeed. */
export function createFakeClient(snapshot: OperatorSnapshot | Error): FakeClient {
  let current = snapshot;
  let followers = 0;
  const calls: string[] = [];
  const told: StatusNews[] = [];
  const bell = new EventTarget();
  const note = <T>(call: string, answer: T): Promise<T> => {
    calls.push(call);
    return Promise.resolve(answer);
  };
  return {
    calls,
    followers: () => followers,
    answer: (next) => {
      current = next;
    },
    tell: (news) => {
      told.push(news);
      bell.dispatchEvent(new Event('news'));
    },
    snapshot: () => {
      calls.push('snapshot');
      return current instanceof Error ? Promise.reject(current) : Promise.resolve(current);
    },
    settings: () => note('settings', { object: 'batch_gpt.settings', data: [] }),
    usage: (days) =>
      note(`usage ${JSON.stringify(days)}`, {
        ...{ object: 'batch_gpt.usage', from: '2026-12-01', to: '2026-12-01', data: [], unpriced: [] },
        total: {
          ...{ cost_usd: 0, list_usd: 0, discount_usd: 0, cache_hits_usd: 0, shared_calls_usd: 0 },
          ...{ waste_usd: 0, savings_usd: 0, realtime_list_usd: 0 },
        },
      }),
    series: (range) => note(`series ${range}`, { object: 'batch_gpt.series', range, step_seconds: 60, data: [] }),
    follow: async function* ({ signal }) {
      followers += 1;
      try {
        while (!signal.aborted) {
          const news = told.shift();
          if (news !== undefined) yield news;
          else await once(bell, 'news', { signal }).catch(() => undefined);
        }
      } finally {
        followers -= 1;
      }
    },
    batches: ({ status = '' }) =>
      note(`batches ${status}`, { object: 'list', data: [...(settledByStatus[status] ?? [])], next: null }),
    batch: (id) => note(`batch ${id}`, sampleBatchDetails({ id })),
    requests: (query) => {
      const { waits_for: _w, failure: _f, timeline: _t, estimate: _e, batch: _b, ...request } = sampleRequest();
      return note(`requests ${JSON.stringify(query)}`, { object: 'list', data: [request], next: null });
    },
    request: (id) => note(`request ${id}`, sampleRequest()),
    cancel: (id) => note(`cancel ${id}`, settledBatch),
    retry: (id, after = '') =>
      note(`retry ${id} ${after}`, {
        object: 'batch_gpt.retry',
        batch_id: batchId.parse(id),
        ...{ accepted: 1, without_text: 1, next: after === '' ? 'more' : null },
      }),
    abandon: () => Promise.reject(new StatusError('Not now.', { kind: 'refused', status: 409 })),
    flush: (group) => note(`flush ${group}`, { object: 'batch_gpt.flush', group: groupId.parse(group), pending: 12 }),
    purge: () => Promise.reject(new Error('the monitor purges nothing')),
  };
}

import {
  batchObject,
  flushReport,
  operatorBatch,
  operatorBatchDetails,
  operatorBatchPage,
  operatorRequestDetails,
  operatorRequestPage,
  operatorSeries,
  operatorSettings,
  operatorSnapshot,
  operatorUsage,
  purgeReport,
  retryReport,
  type BatchObject,
  type FlushReport,
  type OperatorBatch,
  type OperatorBatchDetails,
  type OperatorBatchPage,
  type OperatorRequestDetails,
  type OperatorRequestPage,
  type OperatorSeries,
  type OperatorSettings,
  type OperatorSnapshot,
  type OperatorUsage,
  type PurgeOrder,
  type PurgeReport,
  type RequestState,
  type RetryReport,
  type SeriesRange,
} from '@batch-gpt/contracts';
import { followEvents, type Follow, type StatusNews } from './follow-events.ts';
import { refusalOf, StatusError } from './status-error.ts';

export interface StatusClientOptions {
  /** Where the gateway is, `http://127.0.0.1:8080`; empty in a browser that has the page from it. */
  readonly baseUrl: string;
  /** The admin token; null: a cookie, or a gateway that answers its own machine. */
  readonly token?: string | null;
  readonly fetch?: typeof globalThis.fetch;
}

/** What requests are looked for. Times are Unix seconds. */
export interface RequestQuery {
  /** How the id begins. */
  readonly key?: string;
  readonly tenant?: string;
  readonly state?: RequestState;
  readonly model?: string;
  readonly since?: number;
  readonly until?: number;
  readonly after?: string;
  readonly limit?: number;
}

/** Which batches are listed. */
export interface BatchQuery {
  readonly status?: string;
  readonly tenant?: string;
  readonly after?: string;
  readonly limit?: number;
}

/** Whose usage, of which days. */
export interface UsageDays {
  readonly from?: string;
  readonly to?: string;
  readonly tenant?: string;
}

/** The operator API; every method rejects with {@link StatusError}, or with the signal's reason. */
export interface StatusClient {
  snapshot(signal?: AbortSignal): Promise<OperatorSnapshot>;
  series(range: SeriesRange, signal?: AbortSignal): Promise<OperatorSeries>;
  settings(signal?: AbortSignal): Promise<OperatorSettings>;
  /** Of these days, both included (`2026-12-01`); without them of this month. */
  usage(days: UsageDays, signal?: AbortSignal): Promise<OperatorUsage>;
  /** Snapshots and actions until the signal is aborted, over reconnections; see {@link followEvents}. */
  follow(options: Follow): AsyncGenerator<StatusNews, void, undefined>;
  requests(query: RequestQuery, signal?: AbortSignal): Promise<OperatorRequestPage>;
  request(id: string, signal?: AbortSignal): Promise<OperatorRequestDetails>;
  batches(query: BatchQuery, signal?: AbortSignal): Promise<OperatorBatchPage>;
  batch(id: string, signal?: AbortSignal): Promise<OperatorBatchDetails>;
  flush(group: string): Promise<FlushReport>;
  cancel(batchId: string): Promise<OperatorBatch>;
  /** Runs failed lines again; `after` is the `next` of the report before. */
  retry(batchId: string, after?: string): Promise<RetryReport>;
  abandon(batchId: string): Promise<BatchObject>;
  purge(order: PurgeOrder): Promise<PurgeReport>;
}

/** One call. */
interface Call {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

interface Schema<T> {
  readonly safeParse: (value: unknown) => { readonly data?: T | undefined; readonly error?: unknown };
}

/** Creates a client; it opens nothing before it is asked. */
export function createStatusClient(options: StatusClientOptions): StatusClient {
  const { baseUrl, token = null, fetch = globalThis.fetch.bind(globalThis) } = options;
  const base = baseUrl.replace(/\/+$/, '');

  const send = async (path: string, init: Call): Promise<Response> => {
    const headers = { ...(token !== null && { authorization: `Bearer ${token}` }), ...init.headers };
    let response: Response;
    try {
      response = await fetch(`${base}/admin${path}`, { ...init, headers });
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw new StatusError('The gateway cannot be reached.', { kind: 'unreachable', cause });
    }
    if (!response.ok) throw await refusalOf(response);
    return response;
  };
  const ask = async <T>(schema: Schema<T>, path: string, init: Call = {}): Promise<T> => {
    const response = await send(path, { ...init, headers: { accept: 'application/json', ...init.headers } });
    return readAnswer(schema, response, init.signal);
  };
  const get = <T>(schema: Schema<T>, path: string, signal?: AbortSignal) =>
    ask(schema, path, signal === undefined ? {} : { signal });
  const post = <T>(schema: Schema<T>, path: string, body?: unknown) =>
    ask(schema, path, {
      method: 'POST',
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });

  return {
    snapshot: (signal) => get(operatorSnapshot, '/snapshot', signal),
    settings: (signal) => get(operatorSettings, '/settings', signal),
    usage: (days, signal) => get(operatorUsage, `/usage${searchOf({ ...days })}`, signal),
    series: (range, signal) => get(operatorSeries, `/series${searchOf({ range })}`, signal),
    follow: (how) =>
      followEvents(
        (lastId, signal) =>
          send('/events', {
            signal,
            headers: { accept: 'text/event-stream', ...(lastId !== null && { 'last-event-id': lastId }) },
          }),
        how,
      ),
    requests: (query, signal) => get(operatorRequestPage, `/requests${searchOf({ ...query })}`, signal),
    request: (id, signal) => get(operatorRequestDetails, `/requests/${encodeURIComponent(id)}`, signal),
    batches: (query, signal) => get(operatorBatchPage, `/batches${searchOf({ ...query })}`, signal),
    batch: (id, signal) => get(operatorBatchDetails, `/batches/${encodeURIComponent(id)}`, signal),
    flush: (group) => post(flushReport, '/groups/flush', { group }),
    cancel: (id) => post(operatorBatch, `/batches/${encodeURIComponent(id)}/cancel`),
    retry: (id, after) =>
      post(retryReport, `/batches/${encodeURIComponent(id)}/retry${after === undefined ? '' : searchOf({ after })}`),
    abandon: (id) => post(batchObject, `/batches/${encodeURIComponent(id)}/abandon`),
    purge: (order) => post(purgeReport, '/cache/purge', order),
  };
}

async function readAnswer<T>(schema: Schema<T>, response: Response, signal?: AbortSignal): Promise<T> {
  let body: unknown;
  try {
    body = await response.json();
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreadable(response.status, cause);
  }
  const { data, error } = schema.safeParse(body);
  if (data === undefined) throw unreadable(response.status, error);
  return data;
}

const unreadable = (status: number, cause: unknown) =>
  new StatusError('The answer is not what this version of the client understands.', {
    ...{ kind: 'unreadable', status, cause },
  });

function searchOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

import { type IncomingMessage } from 'node:http';
import { type HoldKind } from '@batch-gpt/contracts';
import { headerList } from '../wishes/header-list.ts';

/**
 * What keeps a connection alive. `interim`: `102 Processing`, which leaves the status free. `body` and `stream`: the
 * answer begins early, as JSON after blanks or as events after comments, and its status is 200 from then on.
 */
export type Lifeline = HoldKind | 'stream';

/** How one connection is held, in milliseconds. */
export interface HoldPlan {
  readonly kind: Lifeline;
  /** When the hold ends without an outcome. */
  readonly limit: number;
  /** When the first sign of life is due, and how long after one the next. */
  readonly after: number;
  readonly every: number;
}

/** The deployment's side of holding, in milliseconds. */
export interface HoldSettings {
  /** Longest hold while the status is still free. */
  readonly max: number;
  /** Longest hold of an answer that has begun: its client cannot repeat the call by itself. */
  readonly begunMax: number;
  /** How JSON is held where neither the call nor its tenant says. */
  readonly json: HoldKind;
  readonly interimAfter: number;
  readonly interimEvery: number;
  readonly bodyAfter: number;
  readonly bodyEvery: number;
  readonly streamAfter: number;
  readonly streamEvery: number;
}

/** What a call asks for, as far as holding is concerned. */
export interface HoldWishes {
  /** The answer is to be a stream. */
  readonly stream: boolean;
  /** `Prefer: wait`, in milliseconds. */
  readonly waitMs: number | null;
  /** What holds for the caller; null: as the deployment says. */
  readonly hold: HoldKind | null;
  readonly holdMax: number | null;
}

/** No client is so impatient that it needs more signs of life than this, in milliseconds. */
const shortestPause = 500;

/**
 * Reads how long this client waits and what keeps it waiting. Its own limits bound a hold whose status is free; of an
 * answer that has begun they only bound the silence, because then the clients that send them measure from byte to byte
 * or no more.
 */
export function holdPlan(
  req: Pick<IncomingMessage, 'headers' | 'httpVersion'>,
  settings: HoldSettings,
  wishes: HoldWishes,
): HoldPlan {
  const { headers } = req;
  const { holdMax, waitMs } = wishes;
  const own = Math.min(...[headers['x-stainless-timeout'], headers['x-stainless-read-timeout']].map(patience));
  const kind = holdKind(req, settings, wishes);
  const begunMax = holdMax ?? settings.begunMax;
  const pause = (usual: number) => Math.min(usual, Math.max(shortestPause, own));
  switch (kind) {
    case 'stream':
      return { kind, limit: begunMax, after: pause(settings.streamAfter), every: pause(settings.streamEvery) };
    case 'body':
      return { kind, limit: begunMax, after: pause(settings.bodyAfter), every: pause(settings.bodyEvery) };
    case 'interim':
    case 'none':
      return {
        kind,
        limit: Math.min(holdMax ?? settings.max, own, waitMs ?? Infinity),
        after: settings.interimAfter,
        every: settings.interimEvery,
      };
  }
}

/** A call that is to be handed a 202 in the end needs its status until then. */
function holdKind(
  { headers, httpVersion }: Pick<IncomingMessage, 'headers' | 'httpVersion'>,
  { json }: HoldSettings,
  { stream, waitMs, hold }: HoldWishes,
): Lifeline {
  const mayBegin = waitMs === null;
  if (stream && mayBegin) return 'stream';
  // HTTP/1.0 has neither interim answers nor bodies that come in chunks.
  if (httpVersion === '1.0') return 'none';
  const asked = headerList(headers['batch-hold']);
  const kind = askedHolds.find((each) => asked.has(each)) ?? hold ?? json;
  if (kind === 'none' || (kind === 'body' && mayBegin)) return kind;
  return asked.has('interim') || interimLanguages.has(String(headers['x-stainless-lang'])) ? 'interim' : 'none';
}

/** What `Batch-Hold` may ask for. */
export const askedHolds = ['body', 'interim', 'none'] as const;

/**
 * The SDKs for JavaScript and Python. Requests (Python), older Go clients and OkHttp mishandle interim answers, so every
 * other client has to opt in.
 */
const interimLanguages: ReadonlySet<string> = new Set(['js', 'python']);

/** What a client's own limit in seconds leaves us: the answer has to arrive before it hangs up. */
function patience(header: string | string[] | undefined): number {
  if (typeof header !== 'string' || !/^\d{1,7}(\.\d{1,6})?$/.test(header)) return Infinity;
  const timeout = Number(header) * 1000;
  if (timeout === 0) return Infinity;
  const margin = Math.min(30_000, Math.max(500, timeout / 20));
  return Math.max(timeout - margin, timeout / 2);
}

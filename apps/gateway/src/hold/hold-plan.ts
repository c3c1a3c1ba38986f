import { type IncomingMessage } from 'node:http';
import { headerList } from '../wishes/header-list.ts';

/** How one connection is held, in milliseconds. */
export interface HoldPlan {
  /** When the hold ends without an outcome. */
  readonly limit: number;
  /** Send interim answers while holding. */
  readonly interim: boolean;
}

/** The deployment's side of holding, in milliseconds. */
export interface HoldSettings {
  readonly max: number;
  readonly interimAfter: number;
  readonly interimEvery: number;
}

/**
 * Reads how long this client waits and whether it takes interim answers. The SDKs for JavaScript and Python do; requests
 * (Python), older Go clients and OkHttp mishandle them, so others have to opt in with `Batch-Hold: interim`.
 */
export function holdPlan(
  { headers, httpVersion }: Pick<IncomingMessage, 'headers' | 'httpVersion'>,
  settings: HoldSettings,
): HoldPlan {
  const takesInterim =
    interimLanguages.has(String(headers['x-stainless-lang'])) || headerList(headers['batch-hold']).has('interim');
  const own = [headers['x-stainless-timeout'], headers['x-stainless-read-timeout']].map(patience);
  return {
    limit: Math.min(settings.max, ...own),
    // HTTP/1.0 has no interim answers.
    interim: takesInterim && httpVersion !== '1.0',
  };
}

const interimLanguages: ReadonlySet<string> = new Set(['js', 'python']);

/** What a client's own limit in seconds leaves us: the answer has to arrive before it hangs up. */
function patience(header: string | string[] | undefined): number {
  if (typeof header !== 'string' || !/^\d{1,7}(\.\d{1,6})?$/.test(header)) return Infinity;
  const timeout = Number(header) * 1000;
  if (timeout === 0) return Infinity;
  const margin = Math.min(30_000, Math.max(500, timeout / 20));
  return Math.max(timeout - margin, timeout / 2);
}

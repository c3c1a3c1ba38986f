import { type CallRate, type CallRates } from '@batch-gpt/domain';
import { type ServerResponse } from 'node:http';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Caller } from '../tenant-of.ts';
import { keyRateOf, tenantRateOf } from './call-rate-of.ts';

/** Puts what is left of a caller's requests a minute on its answer, if it has such a limit and nothing is sent yet. */
export type TellRates = (res: ServerResponse, caller: Caller) => void;

/** Rates that are remembered as they were seen last; longer than a minute ago each is full again. */
export interface ToldRates extends CallRates {
  readonly tell: TellRates;
}

/** As many as keys fit into their file; of more the oldest are forgotten. */
const mostRemembered = 10_000;
const minute = 60_000;

/**
 * Tells rates in OpenAI's headers (https://platform.openai.com/docs/guides/rate-limits, "Rate limits in headers"). Only
 * new work is counted, so nothing is asked for an answer that counts for nothing: it tells what this process saw last,
 * and what came in since. Of a key's rate and its tenant's the one is told that has less left.
 */
export function createToldRates(rates: CallRates, clock: Pick<GatewayClock, 'monotonic'>): ToldRates {
  const seen = new Map<string, { readonly perMinute: number; readonly left: number; readonly at: number }>();

  const leftOf = ({ name, perMinute }: CallRate): number => {
    const known = seen.get(name);
    if (known?.perMinute !== perMinute) return perMinute;
    return Math.min(perMinute, known.left + ((clock.monotonic() - known.at) * perMinute) / minute);
  };
  return {
    take: async (rate, wanted) => {
      const taken = await rates.take(rate, wanted);
      seen.delete(rate.name);
      seen.set(rate.name, { perMinute: rate.perMinute, left: taken.left, at: clock.monotonic() });
      for (const oldest of seen.keys()) {
        if (seen.size <= mostRemembered) break;
        seen.delete(oldest);
      }
      return taken;
    },
    tell: (res, caller) => {
      if (!caller.settings.limitsNewWork || res.headersSent) return;
      const [tightest] = [keyRateOf(caller), tenantRateOf(caller)]
        .flatMap((rate) => (rate === null ? [] : [{ ...rate, left: leftOf(rate) }]))
        .sort((one, other) => one.left - other.left);
      if (tightest === undefined) return;
      const { perMinute, left } = tightest;
      res.setHeader('x-ratelimit-limit-requests', perMinute);
      res.setHeader('x-ratelimit-remaining-requests', Math.floor(left));
      res.setHeader('x-ratelimit-reset-requests', inWords(perMinute === 0 ? minute : untilFull(perMinute, left)));
    },
  };
}

const untilFull = (perMinute: number, left: number): number => Math.ceil(((perMinute - left) * minute) / perMinute);

/** Milliseconds as Go writes them, and so OpenAI: `17ms`, `8.64s`, `1m0s`. */
function inWords(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1000) return `${ms}ms`;
  const minutes = Math.floor(ms / minute);
  const seconds = `${(ms % minute) / 1000}s`;
  return minutes === 0 ? seconds : `${minutes}m${seconds}`;
}

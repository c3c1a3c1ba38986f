import { requestState } from '@batch-gpt/contracts';
import { type RequestQuery } from '@batch-gpt/status-client';
import { type Place } from './place.ts';

const pageSize = 50;

/** What the address looks for; what it has that means nothing is left out. */
export function requestQueryOf({ key, tenant, model, state, since, until, after }: Place['query']): RequestQuery {
  const known = requestState.safeParse(state).data;
  const [from, to] = [secondsOf(since), secondsOf(until)];
  return {
    ...(key !== undefined && key !== '' && { key: key.toLowerCase() }),
    ...(tenant !== undefined && tenant !== '' && { tenant }),
    ...(model !== undefined && model !== '' && { model }),
    ...(known !== undefined && { state: known }),
    ...(from !== null && { since: from }),
    ...(to !== null && { until: to }),
    ...(after !== undefined && after !== '' && { after }),
    limit: pageSize,
  };
}

/** A time of the reader's clock, `2026-12-01T10:30`, in Unix seconds. */
function secondsOf(text: string | undefined): number | null {
  const at = text === undefined || text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : Math.floor(at / 1000);
}

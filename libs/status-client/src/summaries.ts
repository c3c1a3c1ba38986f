import {
  finalProviderStatuses,
  type MoneyTotals,
  type OperatorBatch,
  type OperatorGroup,
  type OperatorRequestDetails,
  type OperatorSnapshot,
} from '@batch-gpt/contracts';

/** Seconds since then; none for what is to come. */
export const ageOf = (at: number, now: number): number => Math.max(0, now - at);

/** Seconds until a group's window closes at the latest; 0: any moment. */
export const windowLeft = ({ window_closes_at }: OperatorGroup, now: number): number =>
  Math.max(0, window_closes_at - now);

/** How much of a window has passed, from 0 to 1. */
export function windowProgress(group: OperatorGroup, windowSeconds: number, now: number): number {
  return windowSeconds === 0 ? 1 : clamp(1 - windowLeft(group, now) / windowSeconds);
}

/** How much of a batch has run, from 0 to 1. */
export function batchProgress({ counts: { total, completed, failed }, settled_at }: OperatorBatch): number {
  if (settled_at !== null) return 1;
  return total === 0 ? 0 : clamp((completed + failed) / total);
}

/** Whether its status will not change any more. */
export const isFinal = ({ status }: Pick<OperatorBatch, 'status'>): boolean => finalProviderStatuses.has(status);

/** The counts of a moment. */
export type CountsThen = Pick<OperatorSnapshot, 'at' | 'stale_since' | 'requests'>;

/** How fast things go, per minute. */
export interface Rates {
  /** Requests that came. */
  readonly incoming: number;
  /** Lines that settled. */
  readonly settled: number;
  /** Batches that settled. */
  readonly batches: number;
}

/** How fast things went between two snapshots; null where that cannot be told: the same moment, another month, a stale store. */
export function ratesBetween(before: CountsThen, after: CountsThen): Rates | null {
  const minutes = (after.at - before.at) / 60;
  const [first, second] = [before.requests, after.requests];
  const isSameMonth = monthOf(before) === monthOf(after);
  if (minutes <= 0 || !isSameMonth || before.stale_since !== null || after.stale_since !== null) return null;
  const known = ({ accepted, collected, settled_month }: OperatorSnapshot['requests']) =>
    accepted + collected + settled_month.succeeded + settled_month.failed;
  const perMinute = (difference: number) => Math.max(0, difference) / minutes;
  return {
    incoming: perMinute(known(second) - known(first)),
    settled: perMinute(second.settled_month.lines - first.settled_month.lines),
    batches: perMinute(second.settled_month.batches - first.settled_month.batches),
  };
}

const monthOf = ({ at }: CountsThen): string => new Date(at * 1000).toISOString().slice(0, 7);

/**
 * What was saved against list prices, part by part; what was wasted takes away. Left out are parts that are not known, and
 * waste where there is none.
 */
export function savingParts({
  batch_discount_usd: discount,
  cache_hits,
  shared_calls,
  wasted_usd,
}: MoneyTotals): readonly (readonly [name: 'batch' | 'cache' | 'shared' | 'wasted', dollars: number])[] {
  return [
    ['batch', discount],
    ...(cache_hits === null ? [] : [['cache', cache_hits.saved_usd] as const]),
    ...(shared_calls === null ? [] : [['shared', shared_calls.saved_usd] as const]),
    ...(wasted_usd === null || wasted_usd === 0 ? [] : [['wasted', -wasted_usd] as const]),
  ];
}

/** All of {@link savingParts} together. */
export const savingsOf = (money: MoneyTotals): number =>
  savingParts(money).reduce((sum, [, dollars]) => sum + dollars, 0);

/** Why a request is where it is, in a sentence. */
export function explainRequest(request: OperatorRequestDetails, now: number): string {
  const { waits_for, window_closes_at, batch, failure, outcome } = request;
  switch (waits_for) {
    case 'window': {
      const left = window_closes_at === null ? 0 : Math.max(0, window_closes_at - now);
      return `It waits for its window, which closes ${left === 0 ? 'any moment' : `in ${formatDuration(left)} at the latest`}.`;
    }
    case 'submission':
      return 'Its batch is being made and sent to the provider.';
    case 'provider':
      return `The provider works on its batch (${batch?.provider_status ?? 'not heard of yet'}).`;
    case 'results':
      return 'Its batch has ended; the results are being stored.';
    case 'operator':
      return `Its batch is in trouble: ${batch?.trouble?.message ?? 'nobody knows when it will end.'}`;
    case null:
      if (outcome?.result === 'failed') {
        return `It failed with status ${outcome.status_code}: ${failure?.message ?? 'its error says nothing.'}`;
      }
      return 'It succeeded.';
  }
}

/** A length of time for people: `45s`, `2m 05s`, `3h 07m`, `2d 04h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [Math.floor(whole / 86_400), Math.floor(whole / 3600), Math.floor(whole / 60)];
  const two = (n: number) => String(n).padStart(2, '0');
  if (days > 0) return `${days}d ${two(hours % 24)}h`;
  if (hours > 0) return `${hours}h ${two(minutes % 60)}m`;
  return minutes > 0 ? `${minutes}m ${two(whole % 60)}s` : `${whole}s`;
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share));

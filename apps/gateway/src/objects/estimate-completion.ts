import { type RequestEstimate } from '@batch-gpt/contracts';
import { type BatchRecord, type RequestSummary } from '@batch-gpt/domain';
import { unixSeconds } from './unix-seconds.ts';

/** What an estimate is made from. Times are milliseconds since the epoch, durations milliseconds. */
export interface EstimateInputs {
  readonly record: RequestSummary;
  readonly batch: BatchRecord | null;
  readonly window: number;
  /** How long comparable batches took, shortest first. */
  readonly turnarounds: readonly number[];
  readonly now: number;
}

const enough = 5;
const plenty = 20;

/**
 * Says when a request may be answered: what was observed counts from the moment its batch begins, and of a batch that is
 * under way only those that took longer than it has already. Null where that leaves nothing. Pure.
 */
export function estimateCompletion(inputs: EstimateInputs): RequestEstimate | null {
  const { record, batch, turnarounds, now } = inputs;
  if (record.state === 'done' || (batch !== null && batch.trouble !== null)) return null;
  return estimateFrom({ start: startOf(inputs), turnarounds, now });
}

/** When what began at `start` may end; null where nothing comparable took that long. Pure. */
export function estimateFrom({
  start,
  turnarounds,
  now,
}: Pick<EstimateInputs, 'turnarounds' | 'now'> & { readonly start: number }): RequestEstimate | null {
  const longer = turnarounds.findIndex((taken) => start + taken > now);
  const comparable = longer === -1 ? [] : turnarounds.slice(longer);
  const [half, most] = [percentile(comparable, 0.5), percentile(comparable, 0.9)];
  if (half === undefined || most === undefined) return null;
  return {
    completes_at: unixSeconds(start + half),
    completes_by: unixSeconds(start + most),
    turnaround_seconds: { p50: Math.round(half / 1000), p90: Math.round(most / 1000) },
    samples: comparable.length,
    confidence: comparable.length < enough ? 'low' : comparable.length < plenty ? 'medium' : 'high',
  };
}

/** When its batch began, or will at the latest; a window that should have closed closes any moment. */
function startOf({ record, batch, window, now }: EstimateInputs): number {
  if (record.state === 'accepted') return Math.max(now, record.acceptedAt + window);
  return batch?.createdAt ?? record.collectedAt ?? record.acceptedAt;
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.ceil(share * sorted.length) - 1];
}

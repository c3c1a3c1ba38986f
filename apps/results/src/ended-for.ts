import type { BatchRecord } from '@batch-gpt/domain';

/** Milliseconds since the batch ended, at the time `now`. */
export function endedFor(batch: Pick<BatchRecord, 'history' | 'updatedAt'>, now: number): number {
  return now - (batch.history.findLast(({ state }) => state === 'ended')?.at ?? batch.updatedAt);
}

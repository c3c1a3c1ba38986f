import { AppError } from '@batch-gpt/errors';
import { maxLedgerIncrements, type LedgerEntry } from './ports/ledger.ts';

/** Throws AppError `internal_error` for too many increments, or one that is no count: that would be a bug. */
export function checkIncrements(increments: readonly LedgerEntry[]): void {
  if (increments.length > maxLedgerIncrements) {
    throw new AppError('internal_error', `the ledger takes at most ${maxLedgerIncrements} increments in one call`);
  }
  for (const { calls, inputTokens, cachedTokens, outputTokens } of increments) {
    if ([calls, inputTokens, cachedTokens, outputTokens].every((count) => Number.isSafeInteger(count) && count >= 0)) {
      continue;
    }
    throw new AppError('internal_error', 'the ledger takes whole numbers that are not negative');
  }
}

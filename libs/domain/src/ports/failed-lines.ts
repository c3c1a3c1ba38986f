import type { BatchId, RequestKey } from '@batch-gpt/contracts';

/** What became of lines that were to run again. */
export interface RunAgain {
  readonly accepted: readonly RequestKey[];
  /** They failed, but their text is gone. */
  readonly withoutText: number;
}

/** Failed lines for operators. Throws AppError `store_unavailable` when the database is away. */
export interface FailedLines {
  /**
   * Runs failed requests again: `done` with a failure that this batch stored, and their text kept → `accepted` at `at` in
   * their ordinary group, zero attempt and rounds, no outcome. Every other row stays as it is. At most 1,000 keys.
   */
  acceptAgain(batchId: BatchId, keys: readonly RequestKey[], at: number): Promise<RunAgain>;
}

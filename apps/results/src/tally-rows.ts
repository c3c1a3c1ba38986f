import { requestKey, type RequestKey } from '@batch-gpt/contracts';
import {
  classifyRow,
  countsAgree,
  endpointTable,
  isSuccessStatus,
  type BatchRecord,
  type BilledTotals,
  type ResultRow,
} from '@batch-gpt/domain';

/** Lines that are no request's first row. */
export interface OddLines {
  readonly unreadable: number;
  readonly unknownIds: number;
  readonly repeated: number;
}

/** Counts a batch's result rows, the same on every reading of the same files, whoever settled what meanwhile. */
export interface RowTally {
  /** The request's key if this is its first row, else null. */
  add(row: ResultRow | null): RequestKey | null;
  skip(lines: number): void;
  /** To be asked once both files were read. */
  countsAgree(): boolean;
  billed(): BilledTotals;
  odd(): OddLines;
}

// Rows above the number of lines were seen in the field; twice as many are no batch of ours any more.
const mostKeys = 100_000;

/** Starts to count for one batch; `cancelled`: nothing of it is sent again. */
export function createRowTally(
  batch: Pick<BatchRecord, 'endpoint' | 'provider' | 'sizes'>,
  cancelled: boolean,
): RowTally {
  const { readUsage } = endpointTable[batch.endpoint];
  const seen = new Set<string>();
  const odd = { unreadable: 0, unknownIds: 0, repeated: 0 };
  const ended = { succeeded: 0, refused: 0, failed: 0, expired: 0, cancelled: 0 };
  const tokens = { inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
  let successRows = 0;
  let zeroRows = 0;

  const count = (row: ResultRow) => {
    const rowClass = classifyRow(row);
    ended[rowClass] += 1;
    const status = row.response?.status_code ?? null;
    if (status !== null && isSuccessStatus(status)) successRows += 1;
    // Seen in the field, and counted as completed there.
    if (status === 0) zeroRows += 1;
    const usage = rowClass === 'succeeded' ? readUsage(row.response?.body) : null;
    if (usage === null) return;
    tokens.inputTokens += usage.inputTokens;
    tokens.outputTokens += usage.outputTokens;
    tokens.cachedTokens += usage.cachedTokens;
  };
  const agree = () => countsAgree(batch.provider, batch.sizes.lines, successRows);

  return {
    add(row) {
      if (row === null) {
        odd.unreadable += 1;
        return null;
      }
      const key = requestKey.safeParse(row.custom_id);
      if (!key.success || (seen.size >= mostKeys && !seen.has(key.data))) {
        odd.unknownIds += 1;
        return null;
      }
      if (seen.has(key.data)) {
        odd.repeated += 1;
        return null;
      }
      seen.add(key.data);
      count(row);
      return key.data;
    },
    skip(lines) {
      odd.unreadable += lines;
    },
    countsAgree: agree,
    billed() {
      const missing = Math.max(0, batch.sizes.lines - seen.size);
      const unanswered = ended.failed + ended.expired + (agree() ? missing : 0);
      const failedMissing = agree() ? 0 : missing;
      const withoutRow = (batch.provider?.counts.completed ?? 0) - successRows - zeroRows;
      return {
        succeeded: ended.succeeded,
        failed: ended.refused + ended.cancelled + failedMissing + (cancelled ? unanswered : 0),
        sentAgain: cancelled ? 0 : unanswered,
        ...tokens,
        lost: Math.min(missing, Math.max(0, withoutRow)),
      };
    },
    odd: () => ({ ...odd }),
  };
}

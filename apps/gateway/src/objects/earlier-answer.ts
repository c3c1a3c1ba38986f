import { type KeptOutcome, type RequestRecord } from '@batch-gpt/domain';

/** The success of an earlier run that the row's last run has not replaced, or not yet; null where there is none. */
export function earlierAnswer(record: RequestRecord): KeptOutcome | null {
  if (record.state === 'done') return record.kept;
  const { outcome, reuseUntil } = record;
  return outcome === null ? null : { outcome, reuseUntil: reuseUntil ?? 0 };
}

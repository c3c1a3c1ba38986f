import { z } from 'zod';
import { type Batch, batchStatuses, type BatchRun } from '../batches/batch.ts';
import { type BatchEndpoint, isBatchEndpoint } from '../endpoints.ts';
import { fileIdPattern } from '../ids.ts';
import { countables } from '../ledger-totals.ts';

const number = z.number();
const count = z.number().int().min(0);
const text = z.string();
const texts = z.array(text).readonly();
const numbers = z.array(number).readonly();
const usage = z.object({ input: count, cached: count, output: count, reasoning: count });
/** Names of files in the data directory, so nothing but what this simulator makes. */
const fileId = text.regex(fileIdPattern);
const error = z.object({ code: text, message: text, param: text.nullable(), line: count.nullable() });
const counts = z.object({ total: count, completed: count, failed: count });

const run = z.object({
  seed: number,
  shuffled: z.boolean(),
  tokens: count,
  outputId: fileId,
  errorId: fileId,
  taken: count,
  putOff: z.array(count),
  outputBytes: count,
  errorBytes: count,
  spent: usage,
});
const order = z.object({
  endpoint: z.custom<BatchEndpoint>(isBatchEndpoint),
  inputFileId: text,
  metadata: z.record(text, text).nullable(),
  outputSeconds: number.nullable(),
});
const quirks = z.object({
  absentId: z.literal('').nullish(),
  nullOutput: z.boolean(),
  noTrailingNewline: z.boolean(),
  expiresAfter: z.union([count, z.literal('half')]).nullable(),
  stuckValidating: z.boolean(),
  stuckInProgress: z.boolean(),
  stuckFinalizing: z.boolean(),
  forcedErrors: z.array(error).nullable(),
  listedAtMs: number,
});
const batch = z.object({
  id: text,
  ordinal: count,
  order,
  quirks,
  createdAtMs: number,
  expiresAtMs: number,
  /** Null for ever: JSON has no infinity. */
  hiddenUntilMs: number.nullable(),
  cancelRisingMs: number.nullable(),
  status: z.enum(batchStatuses),
  enteredAtMs: z.partialRecord(z.enum(batchStatuses), number),
  model: text.nullable(),
  errors: z.array(error).nullable(),
  outputFileId: text.nullable(),
  errorFileId: text.nullable(),
  counts,
  usage: usage.nullable(),
  run: run.nullable(),
});
const file = z.object({
  id: fileId,
  bytes: count,
  filename: text,
  purpose: text,
  createdAtMs: number,
  expiresAtMs: number.nullable(),
  visibleAtMs: number,
});
/** Lines of the ledger: an id and three numbers each, as the ledger keeps them. */
const lines = { model: text, endpoint: text, batchId: text, ids: texts, numbers };

/** One line of the journal: what has changed, or a part of the snapshot that a journal begins with. */
export const journalRecordSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('file'), file }),
  z.object({ t: z.literal('file-gone'), id: text }),
  z.object({ t: z.literal('batch'), batch }),
  z.object({ t: z.literal('batch-gone'), id: text }),
  // A slice of lines that ran and what it made of its batch, in one record: a record that is torn has both undone.
  z.object({
    t: z.literal('ran'),
    ...lines,
    taken: count,
    /** Lines put off in this slice, and how many of those put off earlier have run in it. */
    putOff: numbers,
    ranPutOff: count,
    outputBytes: count,
    errorBytes: count,
    counts,
    spent: usage,
  }),
  z.object({ t: z.literal('count'), name: z.enum(countables), by: count }),
  // A download's rows in parts; they count once the last part is there.
  z.object({ t: z.literal('delivered'), ids: texts, last: z.boolean() }),
  z.object({ t: z.literal('reset') }),
  z.object({ t: z.literal('ledger-lines'), ...lines }),
  z.object({ t: z.literal('ledger-keys'), ids: texts, numbers }),
  z.object({ t: z.literal('ledger-totals'), totals: z.record(text, number) }),
]);
/** A line of the journal as it is written and read. */
export type JournalRecord = z.infer<typeof journalRecordSchema>;
type BatchRecord = Extract<JournalRecord, { t: 'batch' }>;

/** A batch as it stands, for the journal. */
export function recordOf({ quirks, order, errors, hiddenUntilMs, ...batch }: Batch): BatchRecord {
  return {
    t: 'batch',
    batch: {
      ...batch,
      order: { ...order },
      quirks: { ...quirks, forcedErrors: quirks.forcedErrors === null ? null : [...quirks.forcedErrors] },
      errors: errors === null ? null : [...errors],
      hiddenUntilMs: Number.isFinite(hiddenUntilMs) ? hiddenUntilMs : null,
    },
  };
}

/** The batch that was recorded. */
export function batchOf({ batch }: BatchRecord): Batch {
  return {
    ...batch,
    quirks: { ...batch.quirks, absentId: batch.quirks.absentId },
    hiddenUntilMs: batch.hiddenUntilMs ?? Infinity,
  };
}

/** Brings a run up to date with one more slice. */
export function applySlice(run: BatchRun, slice: Extract<JournalRecord, { t: 'ran' }>): void {
  run.taken = slice.taken;
  run.putOff.splice(0, slice.ranPutOff);
  run.putOff.push(...slice.putOff);
  run.outputBytes = slice.outputBytes;
  run.errorBytes = slice.errorBytes;
  Object.assign(run.spent, slice.spent);
}

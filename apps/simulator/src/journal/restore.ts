import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Batch, isFinal } from '../batches/batch.ts';
import { type StoredFile } from '../files/stored-file.ts';
import { fileIdPattern } from '../ids.ts';
import { createLedger, type StoredLedger } from '../ledger.ts';
import { applySlice, batchOf, type JournalRecord, recordOf } from './journal-record.ts';
import { readJournal } from './read-journal.ts';

/** What a simulator knew when it ended. */
export interface Restored {
  /** Oldest first. */
  readonly files: readonly StoredFile[];
  /** Oldest first. */
  readonly batches: readonly Batch[];
  readonly ledger: StoredLedger;
  /** Lines of the journal that were no records. */
  readonly unreadable: number;
}

interface Limits {
  readonly ledgerLimit: number;
  readonly keepBatches: number;
  readonly keepFiles: number;
  readonly nowMs: number;
}

/** Knows nothing. */
export const nothingRestored = (ledgerLimit: number): Restored => ({
  files: [],
  batches: [],
  ledger: createLedger(ledgerLimit),
  unreadable: 0,
});

/** Reads a directory's journal, and removes from the directory the files that nobody knows any more. */
export async function restore(dir: string, limits: Limits): Promise<Restored> {
  const files = new Map<string, StoredFile>();
  const batches = new Map<string, Batch>();
  const ledger = createLedger(limits.ledgerLimit);
  const known: Known = { dir, files, batches, ledger, delivered: [] };
  const unreadable = await readJournal(dir, (record) => replay(record, known));
  const present = new Set((await readdir(dir)).filter((name) => fileIdPattern.test(name)));
  for (const { id, expiresAtMs } of files.values()) {
    if (!present.has(id) || (expiresAtMs !== null && expiresAtMs <= limits.nowMs)) files.delete(id);
  }
  for (const id of files.keys()) {
    if (files.size <= limits.keepFiles) break;
    files.delete(id);
  }
  for (const { id, status } of batches.values()) {
    if (batches.size <= limits.keepBatches) break;
    if (isFinal(status)) batches.delete(id);
  }
  const needed = new Set(files.keys());
  for (const { run, order } of batches.values()) {
    if (run !== null) for (const id of [order.inputFileId, run.outputId, run.errorId]) needed.add(id);
  }
  for (const name of present.difference(needed)) await rm(join(dir, name), { force: true });
  return { files: [...files.values()], batches: [...batches.values()], ledger, unreadable };
}

interface Known {
  readonly dir: string;
  readonly files: Map<string, StoredFile>;
  readonly batches: Map<string, Batch>;
  readonly ledger: StoredLedger;
  /** Rows of a download of which more parts are to come. */
  readonly delivered: string[];
}

function replay(record: JournalRecord, { dir, files, batches, ledger, delivered }: Known): void {
  switch (record.t) {
    case 'file':
      files.set(record.file.id, { ...record.file, path: join(dir, record.file.id) });
      return;
    case 'file-gone':
      files.delete(record.id);
      return;
    case 'batch':
      batches.set(record.batch.id, batchOf(record));
      return;
    case 'batch-gone':
      batches.delete(record.id);
      return;
    case 'ran':
      replaySlice(record, batches.get(record.batchId));
      ledger.recordLines(record);
      return;
    case 'count':
      ledger.count(record.name, record.by);
      return;
    case 'delivered':
      delivered.push(...record.ids);
      if (record.last) ledger.recordDeliveries(delivered.splice(0));
      return;
    case 'reset':
      ledger.reset();
      return;
    case 'ledger-lines':
    case 'ledger-keys':
    case 'ledger-totals':
      ledger.load(record);
      return;
    default:
      record satisfies never;
  }
}

function replaySlice(slice: Extract<JournalRecord, { t: 'ran' }>, batch: Batch | undefined): void {
  if (batch === undefined || batch.run === null) return;
  batch.counts = slice.counts;
  applySlice(batch.run, slice);
}

/** Everything that was restored, as the records that a new journal begins with. */
export function* snapshotOf({ files, batches, ledger }: Restored): Generator<JournalRecord> {
  for (const { path: _path, ...file } of files) yield { t: 'file', file };
  for (const batch of batches) yield recordOf(batch);
  yield* ledger.dump();
}

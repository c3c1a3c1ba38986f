// A journal is made anew at every start: a snapshot of all that was restored is written beside the old one and takes
// its name, and records are appended from then on. What was torn or is superseded does not outlive a start.
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JournalRecord } from './journal-record.ts';

/** Where changes are written before anybody can see them. */
export interface Journal {
  /** Has been handed to the operating system when it returns: a killed process loses nothing, a lost machine may. */
  append(record: JournalRecord): void;
  close(): void;
}

/** The journal of a simulator that forgets. */
export const noJournal: Journal = { append: () => undefined, close: () => undefined };

/** The file's name in the data directory. */
export const journalName = 'journal.jsonl';
const snapshotChunk = 64 * 1024;

/** Replaces a directory's journal by one that begins with a snapshot; throws if that cannot be written. */
export function openJournal(
  dir: string,
  { snapshot, onError }: { snapshot: Iterable<JournalRecord>; onError: (error: unknown) => void },
): Journal {
  const path = join(dir, journalName);
  const file = openSync(`${path}.new`, 'w');
  try {
    for (const text of chunks(snapshot)) writeFileSync(file, text);
    fsyncSync(file);
    renameSync(`${path}.new`, path);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  let broken = '';
  let closed = false;
  return {
    append(record) {
      // Whoever comes after the end has no connection left on which to tell anybody of it.
      if (closed) return;
      try {
        writeFileSync(file, `${broken}${JSON.stringify(record)}\n`);
        broken = '';
      } catch (error) {
        // A full disk: the record may stand there in part, so the next one begins on a line of its own.
        broken = '\n';
        onError(error);
      }
    },
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}

function* chunks(records: Iterable<JournalRecord>): Generator<string> {
  let text = '';
  for (const record of records) {
    text += `${JSON.stringify(record)}\n`;
    if (text.length < snapshotChunk) continue;
    yield text;
    text = '';
  }
  yield text;
}

import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { scanLines } from '../files/scan-lines.ts';
import { isObject, parseJson } from '../json.ts';
import { journalName } from './journal.ts';
import { type JournalRecord, journalRecordSchema } from './journal-record.ts';

/** Passes a directory's records on in order and returns how many lines were none: torn, or of another version. */
export async function readJournal(dir: string, take: (record: JournalRecord) => void): Promise<number> {
  const file = await openIfThere(join(dir, journalName));
  if (file === null) return 0;
  let unreadable = 0;
  try {
    for await (const lines of scanLines(file)) {
      for (const { bytes } of lines) {
        if (bytes.length === 0) continue;
        const parsed = journalRecordSchema.safeParse(parseJson(bytes.toString('utf8')));
        if (parsed.success) take(parsed.data);
        else unreadable += 1;
      }
    }
  } finally {
    await file.close();
  }
  return unreadable;
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path);
  } catch (error) {
    if (isObject(error) && error['code'] === 'ENOENT') return null;
    throw error;
  }
}

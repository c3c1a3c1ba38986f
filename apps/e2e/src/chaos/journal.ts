import { createWriteStream } from 'node:fs';
import { appendFile, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

/** What happened when, on disk: `journal.jsonl`, and what each service logged in a file of its own. */
export interface Journal extends AsyncDisposable {
  readonly folder: string;
  /** One event; times are milliseconds since the start of the run and the machine's wall clock. */
  readonly note: (event: string, facts?: Readonly<Record<string, unknown>>) => void;
  /** Appends the lines that one process logged to `<name>.log`. */
  readonly keepLogs: (name: string, lines: readonly string[]) => Promise<void>;
}

/** Opens the journal in `folder`, or in a new temporary one. */
export async function openJournal(folder?: string): Promise<Journal> {
  const kept = folder ?? (await mkdtemp(join(tmpdir(), 'batch-gpt-chaos-')));
  await mkdir(kept, { recursive: true });
  const stream = createWriteStream(join(kept, 'journal.jsonl'));
  const start = performance.now();
  return {
    folder: kept,
    note: (event, facts = {}) => {
      const at = Math.round(performance.now() - start);
      stream.write(`${JSON.stringify({ at, time: new Date().toISOString(), event, ...facts })}\n`);
    },
    keepLogs: (name, lines) => appendFile(join(kept, `${name}.log`), lines.map((line) => `${line}\n`).join('')),
    [Symbol.asyncDispose]: async () => {
      stream.end();
      await finished(stream);
    },
  };
}

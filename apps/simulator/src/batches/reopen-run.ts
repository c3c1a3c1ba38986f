import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { type BatchRun } from './batch.ts';
import { fileNotFound, resultsLost } from './batch-errors.ts';
import { indexLines } from './index-lines.ts';
import { fail, type Life, type LifeDeps } from './life.ts';
import { type LineIndex } from './validate-input-file.ts';

/** Opens the input of a batch that was running when the simulator ended, deleted or not; null if the batch has failed. */
export async function openInputAgain(life: Life, deps: LifeDeps): Promise<FileHandle | null> {
  const { inputFileId } = life.batch.order;
  try {
    return await open(deps.files.place(inputFileId));
  } catch {
    // Somebody has been in the directory.
    return fail(life, deps, [fileNotFound(inputFileId)]);
  }
}

/** The index of a run's lines; null if the batch has failed, as not all that was written is there, or it is over. */
export async function reopenRun(
  life: Life,
  deps: LifeDeps,
  { input, run }: { input: FileHandle; run: BatchRun },
): Promise<LineIndex | null> {
  const { batch } = life;
  const index = await indexLines(input, () => life.over);
  const paths = [deps.files.place(run.outputId), deps.files.place(run.errorId)];
  const sizes = await Promise.all(paths.map(sizeOf));
  if (life.over) return null;
  const whole = (sizes[0] ?? 0) >= run.outputBytes && (sizes[1] ?? 0) >= run.errorBytes;
  if (!whole || index.lines !== batch.counts.total) {
    await Promise.all(paths.map((path) => rm(path, { force: true })));
    return fail(life, deps, [resultsLost]);
  }
  // What was enqueued stays so: the limit is asked once, at validation.
  deps.budget.take(batch.id, batch.model ?? '', run.tokens, 0);
  return index;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null); // a file comes into being with its first row
  return found?.size ?? 0;
}

import { type FileHandle, rm } from 'node:fs/promises';
import { createRandom, shuffledOrder } from '../random.ts';
import { type BatchRun } from './batch.ts';
import { type Life, type LifeDeps, move } from './life.ts';
import { createLineRun, type LineRun } from './line-run.ts';
import { type Outcome, progress } from './progress.ts';
import { type LineIndex } from './validate-input-file.ts';

const defaultResultSeconds = 2_592_000;

/** Runs a valid batch's lines, or those that are left, writes its result files and gives it its final status. */
export async function runBatch(
  life: Life,
  deps: LifeDeps,
  { input, index, run }: { input: FileHandle; index: LineIndex; run: BatchRun },
): Promise<void> {
  const { batch } = life;
  const paths = { output: deps.files.place(run.outputId), error: deps.files.place(run.errorId) };
  const lines = createLineRun({ ...deps, ...{ batch, run, input, index, paths }, order: orderOf(run, index.lines) });
  const ended = await endRun(life, deps, lines).finally(() => lines.drop());
  // What is written stays for the next start.
  if (life.over) return;
  if (ended === null) {
    await Promise.all([rm(paths.output, { force: true }), rm(paths.error, { force: true })]);
    return;
  }
  const { outcome, sizes } = ended;
  const add = async (kind: 'output' | 'error', id: string): Promise<string | null> =>
    sizes[kind] === 0 ? null : addResultFile(life, deps, { id, kind, path: paths[kind], bytes: sizes[kind] });
  const [outputId, errorId] = [await add('output', run.outputId), await add('error', run.errorId)];
  batch.outputFileId = batch.quirks.nullOutput ? null : outputId;
  batch.errorFileId = errorId;
  batch.usage = { ...run.spent };
  // A cancel may have come while the files were written.
  move(batch, batch.status === 'cancelling' ? 'cancelled' : outcome.status, deps);
}

const orderOf = ({ seed, shuffled }: BatchRun, lines: number): Uint32Array =>
  shuffled ? shuffledOrder(lines, createRandom(seed)) : Uint32Array.from({ length: lines }, (_, at) => at);

/** Runs lines to the batch's end and closes its result files; null when it ends without results. */
async function endRun(life: Life, deps: LifeDeps, lines: LineRun): Promise<Ended | null> {
  const outcome = await progress(life, deps, lines);
  if (outcome === null) return null;
  if (outcome.unrun !== null) await lines.giveUp(outcome.unrun, () => life.over);
  const trailingNewline = deps.settings().trailingNewline && !life.batch.quirks.noTrailingNewline;
  return { outcome, sizes: lines.close(trailingNewline) };
}

interface Ended {
  readonly outcome: Outcome;
  readonly sizes: { readonly output: number; readonly error: number };
}

async function addResultFile(
  { batch }: Life,
  { files, clock }: LifeDeps,
  file: { id: string; path: string; kind: 'output' | 'error'; bytes: number },
): Promise<string> {
  const createdAtMs = clock.now();
  await files.add({
    id: file.id,
    path: file.path,
    bytes: file.bytes,
    filename: `${batch.id}_${file.kind}.jsonl`,
    purpose: 'batch_output',
    createdAtMs,
    expiresAtMs: createdAtMs + (batch.order.outputSeconds ?? defaultResultSeconds) * 1000,
    visibleAtMs: createdAtMs,
  });
  return file.id;
}

import { type FileHandle, rm } from 'node:fs/promises';
import { createRandom, shuffledOrder } from '../random.ts';
import { enter } from './batch.ts';
import { type Life, type LifeDeps } from './life.ts';
import { createLineRun } from './line-run.ts';
import { progress } from './progress.ts';
import { type InputIndex } from './validate-input-file.ts';

const defaultResultSeconds = 2_592_000;

/** Runs a valid batch's lines, writes its result files and gives it its final status. */
export async function runBatch(
  life: Life,
  deps: LifeDeps,
  { input, index }: { input: FileHandle; index: InputIndex },
): Promise<void> {
  const places = { output: deps.files.reserve(), error: deps.files.reserve() };
  const { batch } = life;
  const run = createLineRun({
    ...deps,
    batch,
    input,
    index,
    order: deps.settings().shuffle
      ? shuffledOrder(index.lines, createRandom(life.seed))
      : Uint32Array.from({ length: index.lines }, (_, at) => at),
    paths: { output: places.output.path, error: places.error.path },
  });
  const outcome = await progress(life, deps, run);
  if (outcome !== null && outcome.unrun !== null) await run.giveUp(outcome.unrun, () => life.over);
  const sizes = await run.close(deps.settings().trailingNewline && !batch.quirks.noTrailingNewline);
  if (outcome === null || life.over) {
    await Promise.all([rm(places.output.path, { force: true }), rm(places.error.path, { force: true })]);
    return;
  }
  const add = async (kind: 'output' | 'error'): Promise<string | null> => {
    const bytes = sizes[kind];
    return bytes === null ? null : addResultFile(life, deps, { ...places[kind], kind, bytes });
  };
  const [outputId, errorId] = [await add('output'), await add('error')];
  batch.outputFileId = batch.quirks.nullOutput ? null : outputId;
  batch.errorFileId = errorId;
  batch.usage = sizes.usage;
  // A cancel may have come while the files were written.
  enter(batch, batch.status === 'cancelling' ? 'cancelled' : outcome.status, deps.clock.now());
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

// One batch from validating to its final status; states and moves are in batch.ts. Only this life moves its batch,
// except for the cancel call, which moves it to `cancelling` at once and rings: after every rest the life looks at
// status, command and `over` again before it does anything.
import { open, type FileHandle } from 'node:fs/promises';
import { type Alarm } from '../alarm.ts';
import { type Clock } from '../clock.ts';
import { type FileStore } from '../files/file-store.ts';
import { type Ledger } from '../ledger.ts';
import { snapshotOf, type ModelCatalogue } from '../models.ts';
import { createRandom, shuffledOrder } from '../random.ts';
import { type Settings } from '../settings.ts';
import { type Batch, type BatchError, enter } from './batch.ts';
import { failedByControl, fileNotFound, tokenLimitExceeded, wrongPurpose } from './batch-errors.ts';
import { createLineRun, type LineRun } from './line-run.ts';
import { type TokenBudget } from './token-budget.ts';
import { type InputIndex, validateInputFile } from './validate-input-file.ts';

/** What an operator wants of a batch, at once. */
export type BatchCommand = 'finish' | 'expire' | 'fail';

/** One batch's thread of life. */
export interface Life {
  readonly batch: Batch;
  readonly alarm: Alarm;
  /** Seed of this batch's shuffle. */
  readonly seed: number;
  command: BatchCommand | null;
  /** The simulator is closing: leave everything as it is. */
  over: boolean;
}

/** What a life works with. */
export interface LifeDeps {
  readonly clock: Clock;
  readonly files: FileStore;
  readonly ledger: Ledger;
  readonly models: ModelCatalogue;
  readonly budget: TokenBudget;
  /** Read anew at every step, so that changes bite at once. */
  readonly settings: () => Settings;
}

interface Outcome {
  readonly status: 'completed' | 'expired' | 'cancelled';
  readonly unrun: 'batch_expired' | 'batch_cancelled' | null;
}

/** No finer than this between two looks at a running batch. */
const tickMs = 20;
const defaultResultSeconds = 2_592_000;

/** Lives a batch until it is final or the simulator closes. */
export async function liveBatch(life: Life, deps: LifeDeps): Promise<void> {
  await pass(life, deps, deps.settings().validatingMs);
  if (life.over) return;
  if (life.batch.status === 'cancelling') return finishCancelling(life, deps);
  const input = await openInput(life, deps);
  if (input === null) return;
  try {
    const index = await validate(life, deps, input);
    if (index !== null) await runBatch(life, deps, { input, index });
  } finally {
    deps.budget.release(life.batch.id);
    await input.close();
  }
}

/** Rests for a time, shorter if the batch is commanded, cancelled or over. */
async function pass(life: Life, { clock }: Pick<LifeDeps, 'clock'>, ms: number): Promise<void> {
  const until = clock.now() + ms;
  const from = life.batch.status;
  while (life.command === null && !life.over && life.batch.status === from && clock.now() < until) {
    await life.alarm.rest(until - clock.now());
  }
}

async function openInput(life: Life, deps: LifeDeps): Promise<FileHandle | null> {
  const { order, quirks } = life.batch;
  const file = deps.files.get(order.inputFileId);
  if (life.command === 'fail') return fail(life, deps, [failedByControl]);
  if (quirks.forcedErrors !== null) return fail(life, deps, quirks.forcedErrors);
  if (file === null) return fail(life, deps, [fileNotFound(order.inputFileId)]);
  if (file.purpose !== 'batch') return fail(life, deps, [wrongPurpose(file.id)]);
  try {
    return await open(file.path);
  } catch {
    // Deleted in this very moment.
    return fail(life, deps, [fileNotFound(file.id)]);
  }
}

async function validate(life: Life, deps: LifeDeps, input: FileHandle): Promise<InputIndex | null> {
  const { batch } = life;
  const checked = await validateInputFile(input, {
    endpoint: batch.order.endpoint,
    models: deps.models,
    stop: () => life.over || batch.status === 'cancelling',
  });
  deps.ledger.count('lines_received', checked.received);
  if (life.over) return null;
  if (batch.status === 'cancelling') {
    await finishCancelling(life, deps);
    return null;
  }
  if (deps.files.get(batch.order.inputFileId) === null)
    return fail(life, deps, [fileNotFound(batch.order.inputFileId)]);
  if (!checked.ok) return fail(life, deps, checked.errors);
  const { model, tokens } = checked.index;
  const limit = deps.settings().enqueuedTokenLimit;
  if (!deps.budget.take(batch.id, model, tokens, limit)) return fail(life, deps, [tokenLimitExceeded(model, limit)]);
  batch.model = snapshotOf(model);
  batch.counts = { total: checked.index.lines, completed: 0, failed: 0 };
  enter(batch, 'in_progress', deps.clock.now());
  return checked.index;
}

/** Fails a batch; one that was cancelled meanwhile is cancelled instead. */
function fail(life: Life, deps: LifeDeps, errors: readonly BatchError[]): null {
  if (life.batch.status === 'cancelling') {
    enter(life.batch, 'cancelled', deps.clock.now());
    return null;
  }
  life.batch.errors = errors;
  enter(life.batch, 'failed', deps.clock.now());
  return null;
}

/** A batch cancelled before anything ran has neither files nor counts. */
async function finishCancelling(life: Life, deps: LifeDeps): Promise<void> {
  await pass(life, deps, deps.settings().cancellingMs);
  if (!life.over) enter(life.batch, 'cancelled', deps.clock.now());
}

async function runBatch(
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
  const sizes = await run.close(deps.settings().trailingNewline);
  if (outcome === null || life.over) return;
  const add = async (kind: 'output' | 'error'): Promise<string | null> => {
    const bytes = sizes[kind];
    return bytes === null ? null : addResultFile(life, deps, { ...places[kind], kind, bytes });
  };
  const [outputId, errorId] = [await add('output'), await add('error')];
  batch.outputFileId = batch.quirks.nullOutput ? null : outputId;
  batch.errorFileId = errorId;
  // A cancel may have come while the files were written.
  enter(batch, batch.status === 'cancelling' ? 'cancelled' : outcome.status, deps.clock.now());
}

/** Runs lines until the batch's end is decided; null when it ends without results. */
async function progress(life: Life, deps: LifeDeps, run: LineRun): Promise<Outcome | null> {
  const { batch } = life;
  const { clock } = deps;
  const startedAt = clock.now();
  for (;;) {
    if (life.over) return null;
    if (batch.status === 'cancelling') return drain(life, deps, run);
    if (life.command === 'fail') return fail(life, deps, [failedByControl]);
    if (life.command === 'expire' || clock.now() >= batch.expiresAtMs)
      return { status: 'expired', unrun: 'batch_expired' };
    const held = life.command !== 'finish' && (deps.settings().hold || batch.quirks.stuckInProgress);
    if (!held && (await runDueLines(life, deps, { run, startedAt }))) return finalize(life, deps);
    await life.alarm.rest(
      Math.max(0, Math.min(batch.expiresAtMs - clock.now(), held ? Infinity : restFor(deps, run, startedAt))),
    );
  }
}

/** Runs what is due by now; true when nothing is left to run. */
async function runDueLines(life: Life, deps: LifeDeps, at: { run: LineRun; startedAt: number }): Promise<boolean> {
  const { total } = life.batch.counts;
  const { inProgressMs, slowMs } = deps.settings();
  const elapsed = deps.clock.now() - at.startedAt;
  const all = life.command === 'finish' || elapsed >= inProgressMs;
  const due = all ? total : Math.floor((total * elapsed) / inProgressMs);
  const interrupted = (): boolean =>
    life.over || life.batch.status === 'cancelling' || life.command === 'fail' || life.command === 'expire';
  await at.run.advance(due, interrupted);
  if (at.run.taken() < total || interrupted()) return false;
  const slowDue = life.command === 'finish' || deps.clock.now() - at.startedAt >= inProgressMs + slowMs;
  if (slowDue) await at.run.runPutOff();
  return at.run.putOff() === 0 && !interrupted();
}

/** Until the next line is due, or the lines that were put off. */
function restFor({ settings, clock }: LifeDeps, run: LineRun, startedAt: number): number {
  const { inProgressMs, slowMs } = settings();
  const elapsed = clock.now() - startedAt;
  return elapsed >= inProgressMs && run.putOff() > 0 ? inProgressMs + slowMs - elapsed : tickMs;
}

async function finalize(life: Life, deps: LifeDeps): Promise<Outcome | null> {
  const { batch } = life;
  enter(batch, 'finalizing', deps.clock.now());
  const stuck = batch.quirks.stuckFinalizing;
  await pass(life, deps, stuck ? Infinity : deps.settings().finalizingMs);
  if (life.over) return null;
  if (life.batch.status === 'cancelling') return drain(life, deps, null);
  if (life.command === 'fail') return fail(life, deps, [failedByControl]);
  if (life.command === 'expire') return { status: 'expired', unrun: null };
  return { status: 'completed', unrun: null };
}

/** After a cancel the lines in flight still run; then the rest is given up. */
async function drain(life: Life, deps: LifeDeps, run: LineRun | null): Promise<Outcome | null> {
  const { hold, cancelDrainLines, cancellingMs } = deps.settings();
  const held = hold || life.batch.quirks.stuckInProgress;
  if (run !== null && !held) {
    await run.advance(Math.min(life.batch.counts.total, run.taken() + cancelDrainLines), () => life.over);
    await run.runPutOff();
  }
  await pass(life, deps, cancellingMs);
  return life.over ? null : { status: 'cancelled', unrun: run === null ? null : 'batch_cancelled' };
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

import { type Batch } from './batch.ts';
import { failedByControl } from './batch-errors.ts';
import { fail, type Life, type LifeDeps, move, pass } from './life.ts';
import { type LineRun } from './line-run.ts';

/** How a batch ends, and as what its unrun lines are given up; null where none can be left. */
export interface Outcome {
  readonly status: 'completed' | 'expired' | 'cancelled';
  readonly unrun: 'batch_expired' | 'batch_cancelled' | null;
}

/** No finer than this between two looks at a running batch. */
const tickMs = 20;

/** Runs lines until the batch's end is decided; null when it ends without results. */
export async function progress(life: Life, deps: LifeDeps, run: LineRun): Promise<Outcome | null> {
  const { batch } = life;
  const { clock } = deps;
  const startedAt = clock.now();
  // Restored on its way out: no line is left to run.
  if (life.from === 'finalizing') return leaveFinalizing(life, deps);
  if (batch.enteredAtMs.finalizing !== undefined) return drain(life, deps, null);
  for (;;) {
    if (life.over) return null;
    if (batch.status === 'cancelling') return drain(life, deps, run);
    if (life.command === 'fail') return fail(life, deps, [failedByControl]);
    if (hasExpired(life, deps, run)) return { status: 'expired', unrun: 'batch_expired' };
    const held = isHeld(life, deps);
    if (!held && (await runDueLines(life, deps, { run, startedAt }))) return finalize(life, deps);
    const rest = held ? Infinity : restFor(deps, run, startedAt);
    await life.alarm.rest(Math.max(0, Math.min(batch.expiresAtMs - clock.now(), rest)));
  }
}

const hasExpired = ({ command, batch }: Life, { clock }: LifeDeps, run: LineRun): boolean =>
  command === 'expire' || clock.now() >= batch.expiresAtMs || run.taken() >= linesBeforeExpiry(batch);
function linesBeforeExpiry({ quirks: { expiresAfter }, counts: { total } }: Batch): number {
  return expiresAfter === 'half' ? Math.floor(total / 2) : (expiresAfter ?? Infinity);
}
const isHeld = ({ command, batch }: Life, { settings }: LifeDeps): boolean =>
  command !== 'finish' && (settings().hold || batch.quirks.stuckInProgress);
const isInterrupted = (life: Life, deps: LifeDeps, run: LineRun): boolean =>
  life.over ||
  life.batch.status === 'cancelling' ||
  life.command === 'fail' ||
  hasExpired(life, deps, run) ||
  isHeld(life, deps);

/** Runs what is due by now; true when nothing is left to run. */
async function runDueLines(life: Life, deps: LifeDeps, at: { run: LineRun; startedAt: number }): Promise<boolean> {
  const { total } = life.batch.counts;
  const { inProgressMs, slowMs } = deps.settings();
  const elapsed = deps.clock.now() - at.startedAt;
  const all = life.command === 'finish' || elapsed >= inProgressMs;
  const due = all ? total : Math.floor((total * elapsed) / inProgressMs);
  const interrupted = (): boolean => isInterrupted(life, deps, at.run);
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
  move(life.batch, 'finalizing', deps);
  return leaveFinalizing(life, deps);
}

async function leaveFinalizing(life: Life, deps: LifeDeps): Promise<Outcome | null> {
  const stuck = life.batch.quirks.stuckFinalizing;
  await pass(life, deps, stuck ? Infinity : deps.settings().finalizingMs);
  if (life.over) return null;
  if (life.batch.status === 'cancelling') return drain(life, deps, null);
  if (life.command === 'fail') return fail(life, deps, [failedByControl]);
  if (life.command === 'expire') return { status: 'expired', unrun: null };
  return { status: 'completed', unrun: null };
}

/** After a cancel the lines in flight still run (a restart leaves none in flight); then the rest is given up. */
async function drain(life: Life, deps: LifeDeps, run: LineRun | null): Promise<Outcome | null> {
  const { hold, cancelDrainLines, cancellingMs } = deps.settings();
  const { cancelRisingMs } = life.batch;
  if (run !== null && cancelRisingMs !== null) {
    await runOn(life, deps, { run, ms: cancelRisingMs });
  } else if (run !== null && life.from !== 'cancelling' && !hold && !life.batch.quirks.stuckInProgress) {
    await run.advance(Math.min(life.batch.counts.total, run.taken() + cancelDrainLines), () => life.over);
    await run.runPutOff();
  }
  await pass(life, deps, cancellingMs);
  return life.over ? null : { status: 'cancelled', unrun: run === null ? null : 'batch_cancelled' };
}

/** Half of the lines left run evenly over a time, although the batch is being cancelled. */
async function runOn(life: Life, deps: LifeDeps, { run, ms }: { run: LineRun; ms: number }): Promise<void> {
  const startedAt = deps.clock.now();
  const before = run.taken();
  const more = Math.ceil((life.batch.counts.total - before) / 2);
  while (!life.over) {
    const elapsed = deps.clock.now() - startedAt;
    const done = life.command !== null || elapsed >= ms;
    await run.advance(before + (done ? more : Math.floor((more * elapsed) / ms)), () => life.over);
    if (done) break;
    await life.alarm.rest(Math.min(tickMs, ms - elapsed));
  }
  await run.runPutOff();
}

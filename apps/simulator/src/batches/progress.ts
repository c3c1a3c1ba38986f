import { enter } from './batch.ts';
import { failedByControl } from './batch-errors.ts';
import { fail, type Life, type LifeDeps, pass } from './life.ts';
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
  for (;;) {
    if (life.over) return null;
    if (batch.status === 'cancelling') return drain(life, deps, run);
    if (life.command === 'fail') return fail(life, deps, [failedByControl]);
    if (hasExpired(life, deps)) return { status: 'expired', unrun: 'batch_expired' };
    const held = isHeld(life, deps);
    if (!held && (await runDueLines(life, deps, { run, startedAt }))) return finalize(life, deps);
    const rest = held ? Infinity : restFor(deps, run, startedAt);
    await life.alarm.rest(Math.max(0, Math.min(batch.expiresAtMs - clock.now(), rest)));
  }
}

const hasExpired = ({ command, batch }: Life, { clock }: LifeDeps): boolean =>
  command === 'expire' || clock.now() >= batch.expiresAtMs;
const isHeld = ({ command, batch }: Life, { settings }: LifeDeps): boolean =>
  command !== 'finish' && (settings().hold || batch.quirks.stuckInProgress);
const isInterrupted = (life: Life, deps: LifeDeps): boolean =>
  life.over ||
  life.batch.status === 'cancelling' ||
  life.command === 'fail' ||
  hasExpired(life, deps) ||
  isHeld(life, deps);

/** Runs what is due by now; true when nothing is left to run. */
async function runDueLines(life: Life, deps: LifeDeps, at: { run: LineRun; startedAt: number }): Promise<boolean> {
  const { total } = life.batch.counts;
  const { inProgressMs, slowMs } = deps.settings();
  const elapsed = deps.clock.now() - at.startedAt;
  const all = life.command === 'finish' || elapsed >= inProgressMs;
  const due = all ? total : Math.floor((total * elapsed) / inProgressMs);
  const interrupted = (): boolean => isInterrupted(life, deps);
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
  if (run !== null && !hold && !life.batch.quirks.stuckInProgress) {
    await run.advance(Math.min(life.batch.counts.total, run.taken() + cancelDrainLines), () => life.over);
    await run.runPutOff();
  }
  await pass(life, deps, cancellingMs);
  return life.over ? null : { status: 'cancelled', unrun: run === null ? null : 'batch_cancelled' };
}

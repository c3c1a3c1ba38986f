// One batch from validating to its final status; states and moves are in batch.ts. Only this life moves its batch,
// except for the cancel call, which moves it to `cancelling` at once and rings: after every rest the life looks at
// status, command and `over` again before it does anything. A batch that was restored goes on from its status: its
// time there starts anew, and its run (`batch.run`) tells which lines need not run again.
import { type FileHandle } from 'node:fs/promises';
import { type BatchRun } from './batch.ts';
import { openInput, validate } from './check-input.ts';
import { type Life, type LifeDeps, move, pass } from './life.ts';
import { openInputAgain, reopenRun } from './reopen-run.ts';
import { runBatch } from './run-batch.ts';
import { type LineIndex } from './validate-input-file.ts';

/** Lives a batch until it is final or the simulator closes. */
export async function liveBatch(life: Life, deps: LifeDeps): Promise<void> {
  const { batch } = life;
  if (batch.run !== null) return goOn(life, deps, batch.run);
  if (isCancelling(life)) return finishCancelling(life, deps);
  const { clock } = deps;
  const { stuckValidating } = batch.quirks;
  await pass(life, deps, stuckValidating ? batch.expiresAtMs - clock.now() : deps.settings().validatingMs);
  if (life.over) return;
  if (isCancelling(life)) return finishCancelling(life, deps);
  if (stuckValidating && clock.now() >= batch.expiresAtMs) {
    move(batch, 'expired', deps);
    return;
  }
  await runFrom(life, deps, { input: await openInput(life, deps), prepare: validate });
}

/** Takes up a run that a restart interrupted. */
async function goOn(life: Life, deps: LifeDeps, run: BatchRun): Promise<void> {
  const prepare: Prepare = (_life, _deps, input) => reopenRun(life, deps, { input, run });
  await runFrom(life, deps, { input: await openInputAgain(life, deps), prepare });
}

type Prepare = (life: Life, deps: LifeDeps, input: FileHandle) => Promise<LineIndex | null>;

async function runFrom(
  life: Life,
  deps: LifeDeps,
  { input, prepare }: { input: FileHandle | null; prepare: Prepare },
): Promise<void> {
  if (input === null) return;
  const { batch } = life;
  // The input may be deleted at any time; its bytes stay for the next start, should this one not see the end.
  const release = deps.files.hold(batch.order.inputFileId);
  try {
    const index = await prepare(life, deps, input);
    if (index !== null && batch.run !== null) await runBatch(life, deps, { input, index, run: batch.run });
    else if (isCancelling(life)) await finishCancelling(life, deps);
  } finally {
    deps.budget.release(batch.id);
    await input.close();
    if (!life.over) await release();
  }
}

// A function, because a status may change during any await.
const isCancelling = ({ batch }: Life): boolean => batch.status === 'cancelling';

/** A batch cancelled before anything ran has neither files nor counts. */
async function finishCancelling(life: Life, deps: LifeDeps): Promise<void> {
  await pass(life, deps, deps.settings().cancellingMs);
  if (!life.over) move(life.batch, 'cancelled', deps);
}

// One batch from validating to its final status; states and moves are in batch.ts. Only this life moves its batch,
// except for the cancel call, which moves it to `cancelling` at once and rings: after every rest the life looks at
// status, command and `over` again before it does anything.
import { openInput, validate } from './check-input.ts';
import { enter } from './batch.ts';
import { type Life, type LifeDeps, pass } from './life.ts';
import { runBatch } from './run-batch.ts';

/** Lives a batch until it is final or the simulator closes. */
export async function liveBatch(life: Life, deps: LifeDeps): Promise<void> {
  const { batch } = life;
  const { clock } = deps;
  const { stuckValidating } = batch.quirks;
  await pass(life, deps, stuckValidating ? batch.expiresAtMs - clock.now() : deps.settings().validatingMs);
  if (life.over) return;
  if (isCancelling(life)) return finishCancelling(life, deps);
  if (stuckValidating && clock.now() >= batch.expiresAtMs) {
    enter(batch, 'expired', clock.now());
    return;
  }
  const input = await openInput(life, deps);
  if (input === null) return;
  try {
    const index = await validate(life, deps, input);
    if (index !== null) await runBatch(life, deps, { input, index });
    else if (isCancelling(life)) await finishCancelling(life, deps);
  } finally {
    deps.budget.release(batch.id);
    await input.close();
  }
}

// A function, because a status may change during any await.
const isCancelling = ({ batch }: Life): boolean => batch.status === 'cancelling';

/** A batch cancelled before anything ran has neither files nor counts. */
async function finishCancelling(life: Life, deps: LifeDeps): Promise<void> {
  await pass(life, deps, deps.settings().cancellingMs);
  if (!life.over) enter(life.batch, 'cancelled', deps.clock.now());
}

/*
 * The batches that this process owns. Each has one runner, which takes step after step until the batch has left.
 *
 *   hold(batch) ─▶ running ──step 'left'──▶ gone
 *                    │ ▲
 *                    └─┘ step 'moved' (at once) or 'wait' (then the record is read again)
 *
 * The beat keeps ownership; a batch whose epoch somebody raised is dropped in the middle of whatever it does. At the
 * end of the process every runner is stopped and its batch released, so that another batcher takes it at once.
 */
import type { BatchId } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import { withLogContext } from '@batch-gpt/logging';
import type { BatcherDeps } from './batcher-deps.ts';
import type { Release, Slots } from './slots.ts';
import { freshMemory, left, wait, type RunMemory, type Step } from './step.ts';

/** Takes one step of a batch; throws only what is worth trying again. */
export type TakeStep = (batch: BatchRecord, memory: RunMemory, signal: AbortSignal) => Promise<Step>;

export interface HeldBatches extends AsyncDisposable {
  readonly size: number;
  /** False when this process holds as many batches as it may. */
  hasRoom(): boolean;
  has(id: BatchId): boolean;
  /** Starts the batch's runner; `slot` is a building slot that the batch brings along. */
  hold(batch: BatchRecord, slot: Release | null): void;
  /** Ends the present or the next pause of a held batch, by our id or the provider's; others are not ours to wake. */
  wake(id: string): void;
  /** Raises the beat of all held batches and drops those that are lost. */
  beat(): Promise<void>;
}

type HeldDeps = Pick<BatcherDeps, 'batches' | 'clock' | 'logger' | 'timings'> & {
  readonly takeStep: TakeStep;
  readonly building: Slots;
  readonly maxHeld: number;
};

interface Run {
  readonly epoch: number;
  /** The record as its runner knows it. */
  current: BatchRecord;
  /** Ends the present pause; in the middle of a step, the next one: what the step saw may be older than the news. */
  wake: () => void;
  hasNews: boolean;
  readonly stop: AbortController;
  finished: Promise<void>;
}

export function createHeldBatches(deps: HeldDeps): HeldBatches {
  const runs = new Map<BatchId, Run>();

  const hold = (batch: BatchRecord, slot: Release | null): void => {
    const stop = new AbortController();
    const run: Run = {
      epoch: batch.epoch,
      current: batch,
      wake: () => {
        run.hasNews = true;
      },
      hasNews: false,
      stop,
      finished: Promise.resolve(),
    };
    runs.get(batch.id)?.stop.abort();
    runs.set(batch.id, run);
    run.finished = withLogContext({ batchId: batch.id }, () => runBatch(deps, run, slot)).finally(() => {
      if (runs.get(batch.id) === run) runs.delete(batch.id);
    });
  };

  const heldNow = () => [...runs].map(([id, { epoch }]) => ({ id, epoch }));

  return {
    get size() {
      return runs.size;
    },
    hasRoom: () => runs.size < deps.maxHeld,
    has: (id) => runs.has(id),
    hold,
    wake: (id) => {
      for (const run of runs.values()) {
        if (run.current.id === id || run.current.providerBatchId === id) run.wake();
      }
    },
    beat: async () => {
      const held = heldNow();
      if (held.length === 0) return;
      const lost = await deps.batches.beat(held);
      for (const { id, epoch } of held) {
        const run = runs.get(id);
        if (!lost.has(id) || run?.epoch !== epoch) continue;
        deps.logger.warn('batch lost to another owner', { batchId: id, epoch });
        run.stop.abort();
      }
    },
    [Symbol.asyncDispose]: async () => {
      const held = heldNow();
      const running = [...runs.values()];
      for (const run of running) run.stop.abort();
      await Promise.all(running.map((run) => run.finished));
      if (held.length > 0) await deps.batches.release(held);
    },
  };
}

async function runBatch(deps: HeldDeps, run: Run, slot: Release | null): Promise<void> {
  const { signal } = run.stop;
  const memory = freshMemory();
  let release = slot;
  try {
    while (!signal.aborted) {
      if (run.current.state === 'claimed') release ??= await deps.building.acquire(signal);
      const step: Step = await stepOrWait(deps, run.current, memory, signal);
      if (step.kind === 'left') return;
      if (step.kind === 'wait' || step.batch.state !== 'claimed') {
        release?.();
        release = null;
      }
      const next = step.kind === 'moved' ? step.batch : await readAfter(deps, run, step.ms);
      if (next === null) return;
      run.current = next;
    }
  } finally {
    release?.();
  }
}

async function stepOrWait(deps: HeldDeps, batch: BatchRecord, memory: RunMemory, signal: AbortSignal): Promise<Step> {
  try {
    return await deps.takeStep(batch, memory, signal);
  } catch (error) {
    // Aborted in the middle of a step: it is the next owner's now.
    if (signal.aborted) return left;
    deps.logger.warn('step of a batch failed, trying again', { state: batch.state, err: error });
    return wait(deps.timings.pollMin);
  }
}

/** The record after a pause, or null when it is somebody else's by then. A database that is away only prolongs the pause. */
async function readAfter(deps: HeldDeps, run: Run, ms: number): Promise<BatchRecord | null> {
  const { signal } = run.stop;
  let pause = ms;
  for (;;) {
    await sleepUntilWoken(deps, run, pause);
    if (signal.aborted) return null;
    try {
      const fresh = await deps.batches.get(run.current.id);
      return fresh?.epoch === run.epoch ? fresh : null;
    } catch (error) {
      deps.logger.warn('batch could not be read, trying again', { err: error });
      pause = deps.timings.pollMin;
    }
  }
}

async function sleepUntilWoken(deps: HeldDeps, run: Run, ms: number): Promise<void> {
  const woken = new AbortController();
  const wake = () => woken.abort();
  const awake = run.wake;
  run.wake = wake;
  run.stop.signal.addEventListener('abort', wake, { once: true });
  if (run.stop.signal.aborted || run.hasNews) wake();
  run.hasNews = false;
  await deps.clock.sleep(ms, woken.signal);
  run.stop.signal.removeEventListener('abort', wake);
  run.wake = awake;
}

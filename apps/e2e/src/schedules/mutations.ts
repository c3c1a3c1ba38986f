/*
 * The submit protocol with one of its parts taken away, as steps put in place of the real ones. Each pays twice in some
 * schedule; a schedule test that does not see it proves nothing.
 */
import { createTakeStep, type BatcherDeps, type TakeStep } from '@batch-gpt/batcher';
import type { BatchRecord } from '@batch-gpt/domain';

/** Replaces the steps of a batcher. */
export type Mutate = (deps: BatcherDeps, takeStep: TakeStep) => TakeStep;

export const unchanged: Mutate = (_, takeStep) => takeStep;

type Step = Awaited<ReturnType<TakeStep>>;

const left: Step = { kind: 'left' };
const movedOrLeft = (batch: BatchRecord | null): Step => (batch === null ? left : { kind: 'moved', batch });

/** The intent says nothing: after a doubt or a crash the create is simply repeated. */
export const withoutIntent: Mutate =
  (deps, takeStep) =>
  async (batch, memory, signal): Promise<Step> => {
    if (batch.state !== 'submitting') return takeStep(batch, memory, signal);
    return movedOrLeft(await deps.batches.move(batch, { to: 'uploaded', at: deps.clock.now() }));
  };

/** What the list does not show after the grace was not created: nothing is deleted, nothing waited for. */
export const withoutFence: Mutate = (deps) =>
  createTakeStep({
    ...deps,
    accounts: {
      ...deps.accounts,
      of: (account) => {
        const working = deps.accounts.of(account);
        return working && { ...working, provider: { ...working.provider, deleteFile: () => Promise.resolve() } };
      },
    },
    timings: { ...deps.timings, fenceWait: 0 },
  });

/** The input file is deleted, but nobody waits: not for the create, nor for the list to show what was created. */
export const withoutWaiting: Mutate = (deps) =>
  createTakeStep({ ...deps, timings: { ...deps.timings, reconcileGrace: 0, fenceWait: 0 } });

/** Create, then record: the way of a program that never thought of dying in between. */
export const createThenRecord: Mutate =
  (deps, takeStep) =>
  async (batch, memory, signal): Promise<Step> => {
    if (batch.state !== 'uploaded' || batch.inputFileId === null) return takeStep(batch, memory, signal);
    const attempt = batch.attempt + 1;
    const metadata = { batch_gpt_batch: batch.id, batch_gpt_attempt: String(attempt), batch_gpt_digest: '' };
    const { inputFileId, endpoint } = batch;
    const provider = deps.accounts.of(batch.account)?.provider;
    if (provider === undefined) return left;
    const answer = await provider.createBatch({ inputFileId, endpoint, metadata }, signal);
    if (answer.kind !== 'done') return { kind: 'wait', ms: deps.timings.pollMin };
    const at = deps.clock.now();
    const submitting = await deps.batches.move(batch, { to: 'submitting', change: { attempt, intentAt: at }, at });
    if (submitting === null) return left;
    const change = { providerBatchId: answer.value.id };
    return movedOrLeft(await deps.batches.move(submitting, { to: 'submitted', change, at }));
  };

/** A batch whose owner died while it claimed its rows is left alone: nobody is paid twice, and nobody is answered. */
export const withoutVoiding: Mutate = (_, takeStep) => (batch, memory, signal) =>
  batch.state === 'forming' ? Promise.resolve(left) : takeStep(batch, memory, signal);

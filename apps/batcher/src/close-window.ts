/*
 * Closing a window: forming ─▶ claimed, or forming ─▶ void. Whether it may be closed at all: may-close.ts.
 *
 *   the record is inserted `forming`, before any claim
 *   the group's oldest accepted rows are claimed in chunks, up to the limits; what the compare-and-set got is the batch
 *   nothing claimed, or an unclear answer to a claim ─▶ void: the sweep returns its rows, unchanged
 *
 * A crash in between leaves a `forming` record, which the next owner voids.
 */
import { randomBytes } from 'node:crypto';
import { batchId, type CloseTrigger, type GroupId, type LineSizes } from '@batch-gpt/contracts';
import { newBatch, noSizes, takeWhatFits, type BatchLimits, type BatchRecord, type Candidate } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';
import type { HeldBatches } from './held-batches.ts';
import { mayClose } from './may-close.ts';
import type { Slots } from './slots.ts';
import { voidBatch } from './void-batch.ts';
import { endWithoutAccount } from './without-account.ts';

type CloseDeps = Pick<
  BatcherDeps,
  | 'batches'
  | 'requests'
  | 'bells'
  | 'hints'
  | 'limits'
  | 'clock'
  | 'logger'
  | 'owner'
  | 'metrics'
  | 'accounts'
  | 'budgets'
  | 'tokenLimits'
  | 'window'
  | 'timings'
> & {
  readonly held: HeldBatches;
  /** Batches between claim and upload in this process: back-pressure leaves rows to other batchers. */
  readonly building: Slots;
};

/** Rows claimed by one compare-and-set. */
const chunk = 1000;

/** Forms one batch of the group's oldest accepted requests and hands it to its runner; rings again if more is left. */
export async function closeWindow(
  deps: CloseDeps,
  group: GroupId,
  trigger: CloseTrigger,
  signal: AbortSignal,
): Promise<void> {
  if (!deps.held.hasRoom()) return;
  const [oldest] = await deps.requests.oldestAccepted(group, 1, null);
  if (oldest === undefined) return deps.hints.clear(group);
  const may = await mayClose(deps, group, oldest);
  if (may.kind === 'open') {
    if (may.ringAfter !== null) await deps.bells.open(group, may.ringAfter);
    return;
  }
  const slot = await deps.building.acquire(signal);
  if (slot === null) return;
  let handedOver = false;
  try {
    const formed = await formBatch({ ...deps, limits: may.limits }, group);
    if (formed === null) return;
    deps.metrics.windowsClosed.inc({ trigger });
    observeSizes(deps.metrics, formed.batch.sizes, may.limits);
    deps.logger.info('window closed', { batchId: formed.batch.id, group, trigger, ...formed.batch.sizes });
    const batch = may.hasAccount ? formed.batch : await endWithoutAccount(deps, formed.batch);
    if (batch === null) return;
    deps.held.hold(batch, slot);
    handedOver = true;
    if (formed.moreLeft) await deps.bells.ring(group, 'more');
  } finally {
    if (!handedOver) slot();
  }
}

interface Formed {
  readonly batch: BatchRecord;
  readonly moreLeft: boolean;
}

async function formBatch(deps: CloseDeps, group: GroupId): Promise<Formed | null> {
  await deps.hints.clear(group);
  const first = await deps.requests.oldestAccepted(group, chunk, null);
  if (first.length === 0) return null;
  const forming = newBatch(
    batchId.parse(`batch_${randomBytes(16).toString('hex')}`),
    group,
    deps.owner,
    deps.clock.now(),
  );
  await deps.batches.insert(forming);
  const moreLeft = await claimOrVoid(deps, forming, first);
  const sizes = await deps.requests.memberSizes(forming.id);
  if (sizes.lines === 0) {
    await voidBatch(deps, forming, 'nothing claimed');
    return null;
  }
  const claimed = await deps.batches.move(forming, { to: 'claimed', change: { sizes }, at: deps.clock.now() });
  return claimed === null ? null : { batch: claimed, moreLeft };
}

async function claimOrVoid(deps: CloseDeps, forming: BatchRecord, first: readonly Candidate[]): Promise<boolean> {
  try {
    return await claimMembers(deps, forming, first);
  } catch (error) {
    // The claim may have happened: with the record void the sweep returns whatever it got.
    await voidBatch(deps, forming, 'unclear answer to a claim');
    throw error;
  }
}

/** Claims the longest prefix that fits; true when something that did not fit is left. */
async function claimMembers(deps: CloseDeps, forming: BatchRecord, first: readonly Candidate[]): Promise<boolean> {
  let sizes = noSizes;
  let page = first;
  while (page.length > 0) {
    const { fitting, sizes: next, full } = takeWhatFits(page, sizes, deps.limits);
    const keys = fitting.map((candidate) => candidate.key);
    if (keys.length > 0) await deps.requests.claim(forming.group, forming.id, keys, deps.clock.now());
    if (full) return true;
    sizes = next;
    if (page.length < chunk) return false;
    page = await deps.requests.oldestAccepted(forming.group, chunk, page.at(-1) ?? null);
  }
  return false;
}

function observeSizes(
  { batchSizeRequests, batchSizeBytes, batchFillRatio }: BatcherDeps['metrics'],
  { lines, bytes, inputs }: LineSizes,
  limits: BatchLimits,
): void {
  batchSizeRequests.observe(lines);
  batchSizeBytes.observe(bytes);
  batchFillRatio.observe(Math.max(lines / limits.lines, bytes / limits.bytes, inputs / limits.inputs));
}

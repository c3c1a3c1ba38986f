/*
 * Failed lines of a settled batch run again:
 *
 *   done (failed by this batch, text kept) ── acceptAgain ──▶ accepted, in the ordinary group, from now on
 *
 * What succeeded is never touched, so nothing is paid for twice. Members of a settled batch are in no index of their own:
 * they are among what the tenant sent before the batch was claimed, newest first, and no more are looked for than did
 * not succeed, in a bounded number of rows. An order that ends there says where the next one goes on.
 */
import { formatGroup, parseGroup, type RequestKey, type RetryReport } from '@batch-gpt/contracts';
import {
  addSizes,
  noSizes,
  sizesOf,
  type AcceptedSignals,
  type BatchRecord,
  type FailedLines,
  type OutcomeAnnouncer,
  type Place,
  type RequestSearch,
  type RequestSummary,
} from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';
import { formatPlace, readRequestPlace } from './places.ts';

export interface RetryLinesDeps {
  readonly search: Pick<RequestSearch, 'acceptedBefore'>;
  readonly failedLines: FailedLines;
  readonly accepted: AcceptedSignals;
  readonly announcer: OutcomeAnnouncer;
  /** Tells this gateway that these keys have changed. */
  readonly look: (keys: readonly RequestKey[]) => void;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
  readonly logger: Logger;
}

const pageSize = 1000;
const mostPages = 60;
/** Rows have the clock of the gateway that accepted them, batches that of their batcher. */
const clocksDiffer = 60_000;
/** A line waits for its window, or is given back by batches that ran for a day each. */
const longestWait = 14 * 24 * 3_600_000;

/** Runs failed lines again; throws AppError `conflict` for a batch that has not settled. */
export type RetryLines = (batch: BatchRecord, after: string | null) => Promise<RetryReport>;

export function createRetryLines(deps: RetryLinesDeps): RetryLines {
  const { search, failedLines, within, clock } = deps;
  return async (batch, after) => {
    if (batch.state !== 'settled') throw notSettled(batch);
    const report = { object: 'batch_gpt.retry', batch_id: batch.id } as const;
    let place: Place<RequestKey> = after === null ? startOf(batch) : readRequestPlace(after);
    let [accepted, withoutText, seen] = [0, 0, 0];
    const most = batch.sizes.lines - (batch.billed?.succeeded ?? 0);
    for (let page = 0; page < mostPages; page += 1) {
      const read: readonly RequestSummary[] = await within(
        search.acceptedBefore(batch.tenant, place, batch.createdAt - longestWait, pageSize),
      );
      const lines = read.filter((record) => isFailedBy(record, batch));
      if (lines.length > 0) {
        const keys = lines.map(({ key }) => key);
        const again = await within(failedLines.acceptAgain(batch.id, keys, clock.now()));
        await announce(deps, batch, lines, again.accepted);
        accepted += again.accepted.length;
        withoutText += again.withoutText;
        seen += lines.length;
      }
      const last = read.at(-1);
      if (last === undefined || read.length < pageSize || seen >= most) {
        return { ...report, accepted, without_text: withoutText, next: null };
      }
      place = { at: last.acceptedAt, id: last.key };
    }
    return { ...report, accepted, without_text: withoutText, next: formatPlace(place) };
  };
}

/** A private row answers the one call that made it, which has asked anew by itself or gone. */
const isFailedBy = (record: RequestSummary, { id }: BatchRecord): boolean =>
  record.state === 'done' && record.base === null && record.batchId === id && record.outcome.kind === 'failed';

/** Nothing that came after the batch was claimed is in it; where its history has lost that, after its latest intent. */
function startOf({ history, intentAt, updatedAt }: BatchRecord): Place<RequestKey> {
  const claimedAt = history.find(({ state }) => state === 'claimed')?.at ?? intentAt ?? updatedAt;
  return { at: claimedAt + clocksDiffer, id: noKey };
}

const noKey = '0'.repeat(64) as RequestKey;

/** Losing these costs time only: the sweep finds what waits, and hot outcomes grow old. */
async function announce(
  { accepted, announcer, look, logger }: RetryLinesDeps,
  { group, id }: BatchRecord,
  lines: readonly RequestSummary[],
  keys: readonly RequestKey[],
): Promise<void> {
  if (keys.length === 0) return;
  const taken = new Set(keys);
  const sizes = lines
    .filter(({ key }) => taken.has(key))
    .reduce((sum, record) => addSizes(sum, sizesOf(record)), noSizes);
  const job = { group: formatGroup({ ...parseGroup(group), split: '' }), keys: [...keys], sizes };
  look(keys);
  try {
    await Promise.all([accepted.announceAccepted([job]), announcer.announceOutcomes(keys)]);
  } catch (err) {
    logger.warn('lines that run again were not announced, the sweep will find them', { err, batchId: id });
  }
}

const notSettled = ({ id, state }: BatchRecord) =>
  new AppError('conflict', `Batch ${id} is ${state}; lines run again once their batch has settled.`);

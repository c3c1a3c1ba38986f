import { type OperatorBatch } from '@batch-gpt/contracts';
import {
  type BatchRecord,
  type BatchStore,
  type Ledger,
  type PendingGroup,
  type PriceList,
  type WorkOverview,
} from '@batch-gpt/domain';
import { type GatewayClock } from '../gateway-clock.ts';
import { type RecentTurnarounds } from '../objects/recent-turnarounds.ts';
import { keepReads } from '../tenants/keep-reads.ts';
import { type Within } from '../within.ts';
import { createLedgerThisMonth, type LedgerSums } from './ledger-this-month.ts';
import { toOperatorBatch } from './operator-batch.ts';
import { readOpenBatches, type OpenBatches } from './read-open-batches.ts';
import { createSettledThisMonth, type Settled } from './settled-this-month.ts';

export interface StorePartDeps {
  readonly overview: WorkOverview;
  readonly batches: Pick<BatchStore, 'open'>;
  readonly ledger: Pick<Ledger, 'read'>;
  readonly turnarounds: RecentTurnarounds;
  readonly prices: PriceList;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now' | 'monotonic'>;
}

/** What a snapshot takes from the store. */
export interface StorePart {
  readonly groups: readonly PendingGroup[];
  readonly moreGroups: boolean;
  readonly open: OpenBatches;
  /** The first of the open ones, as they are shown. */
  readonly shown: readonly OperatorBatch[];
  readonly settled: Settled;
  readonly ledger: LedgerSums;
}

const mostGroups = 500;
const mostCounted = 250_000;
const mostShown = 500;
/** How long counts of what waits and sums of what settled may be used, in milliseconds. */
const countedFor = 1000;
const summedFor = 2000;
/** Processes add to the ledger every ten seconds. */
const ledgerFor = 5000;

/** Reads that part; its cost does not grow with what is stored. */
export function createStorePartReader(deps: StorePartDeps): () => Promise<StorePart> {
  const { overview, batches, turnarounds, prices, within, clock } = deps;
  const monotonic = () => clock.monotonic();
  const counted = keepReads<readonly PendingGroup[]>(countedFor, monotonic);
  const summed = keepReads<Settled>(summedFor, monotonic);
  const ledgerRead = keepReads<LedgerSums>(ledgerFor, monotonic);
  const readLedger = createLedgerThisMonth(deps);
  const readSettled = createSettledThisMonth({ overview, within, clock });

  const show = async (batch: BatchRecord) =>
    toOperatorBatch(batch, { prices, turnarounds: await turnarounds(batch), now: clock.now() });

  return async () => {
    const [groups, open, settled, ledger] = await Promise.all([
      // One more than is shown tells whether there are more.
      counted('groups', () => within(overview.pendingGroups(mostGroups + 1, mostCounted))),
      readOpenBatches(batches, within),
      summed('settled', readSettled),
      ledgerRead('ledger', readLedger),
    ]);
    return {
      groups: groups.slice(0, mostGroups),
      moreGroups: groups.length > mostGroups,
      open,
      shown: await Promise.all(open.found.slice(0, mostShown).map(show)),
      settled,
      ledger,
    };
  };
}

import { createHash } from 'node:crypto';
import { type LiveProcess, type OperatorSnapshot } from '@batch-gpt/contracts';
import { type BatchRecord, type LiveProcesses } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { batchStatus } from '../objects/batch-status.ts';
import { keepReads } from '../tenants/keep-reads.ts';
import { backlogOf } from './backlog.ts';
import { toOperatorGroups } from './groups.ts';
import { moneyOf, settledTotalsOf } from './money.ts';
import { createDependenciesReader, type Dependencies } from './read-dependencies.ts';
import { createStorePartReader, type StorePart, type StorePartDeps } from './read-store-part.ts';
import { seconds } from './seconds.ts';
import { createBeatWatch, toWorkers } from './workers.ts';

export interface SnapshotDeps extends StorePartDeps {
  readonly processes: Pick<LiveProcesses, 'list'>;
  readonly dependencies: Dependencies;
  readonly admission: { readonly open: number };
  readonly maxCalls: number;
  /** How long windows collect, in milliseconds. */
  readonly window: number;
}

/** Says everything that matters now; rejects with AppError `store_unavailable` only while the store has never answered. */
export type ReadSnapshot = () => Promise<OperatorSnapshot>;

/** How long what processes say may be used, in milliseconds. */
const heardFor = 2000;
const redisIsAway = 'Redis is away: processes cannot be asked. Shown are the owners of open batches.';

/** A snapshot without its fingerprint. */
type Facts = Omit<OperatorSnapshot, 'id'>;

/** Reads snapshots; calls must not overlap. */
export function createSnapshotReader(deps: SnapshotDeps): ReadSnapshot {
  const { processes, admission, maxCalls, prices, clock, window } = deps;
  const readStorePart = createStorePartReader(deps);
  const readDependencies = createDependenciesReader(deps.dependencies, clock);
  const heard = keepReads<readonly LiveProcess[] | null>(heardFor, () => clock.monotonic());
  const beats = createBeatWatch();
  let last: { readonly part: StorePart; readonly at: number } | null = null;

  const hear = () => heard('all', () => processes.list().catch(nothingIfAway));
  /** While the store is away its last answer stands. */
  const readOrRemember = async (): Promise<{ readonly part: StorePart; readonly staleSince: number | null }> => {
    try {
      last = { part: await readStorePart(), at: clock.now() };
      return { part: last.part, staleSince: null };
    } catch (error) {
      if (last === null || !AppError.is(error, 'store_unavailable')) throw error;
      return { part: last.part, staleSince: last.at };
    }
  };

  return async () => {
    const [{ part, staleSince }, dependencies, words] = await Promise.all([
      readOrRemember(),
      readDependencies(),
      hear(),
    ]);
    const now = clock.now();
    if (staleSince === null) beats.look(part.open.found, now);
    const { today, month } = part.settled;
    const free = Math.max(0, maxCalls - admission.open);
    return withId({
      object: 'batch_gpt.snapshot',
      at: seconds(now),
      stale_since: staleSince === null ? null : seconds(staleSince),
      window_seconds: seconds(window),
      requests: {
        accepted: part.groups.reduce((sum, { pending }) => sum + pending, 0),
        accepted_is_more: part.moreGroups || part.groups.some(({ isMore }) => isMore),
        collected: part.open.found.reduce((sum, { sizes }) => sum + sizes.lines, 0),
        backlog: backlogOf(part.groups, part.open.found, { window, now }),
        settled_today: settledTotalsOf(today),
        settled_month: settledTotalsOf(month),
      },
      batches: openTotals(part.open.found),
      groups: toOperatorGroups(part.groups, window),
      more_groups: part.moreGroups,
      open_batches: [...part.shown],
      more_batches: part.open.isMore || part.shown.length < part.open.found.length,
      workers: toWorkers(words ?? [], part.open.found, beats.lastBeatOf),
      workers_note: words === null ? redisIsAway : null,
      dependencies: {
        ...dependencies,
        store: { ...dependencies.store, up: dependencies.store.up && staleSince === null },
      },
      headroom: { waiters: { held: admission.open, free, max: maxCalls }, creations: creationsOf(words ?? []) },
      money: { today: moneyOf(today, part.ledger.today, prices), month: moneyOf(month, part.ledger.month, prices) },
    });
  };
}

function nothingIfAway(error: unknown): null {
  if (AppError.is(error, 'queue_unavailable')) return null;
  throw error;
}

function openTotals(open: readonly BatchRecord[]): OperatorSnapshot['batches'] {
  // What an operator has given up is polled on and nobody's business any more.
  const expected = open.filter(({ state }) => state !== 'abandoned');
  const [oldest] = expected;
  return {
    open: open.length,
    by_state: countBy(open, ({ state }) => state),
    by_status: countBy(open, batchStatus),
    in_trouble: expected.filter(({ trouble }) => trouble !== null).length,
    oldest_created_at: oldest === undefined ? null : seconds(oldest.createdAt),
  };
}

function countBy<T>(items: readonly T[], kindOf: (item: T) => string): Record<string, number> {
  const counts = [...Map.groupBy(items, kindOf)].map(([kind, those]) => [kind, those.length] as const);
  return Object.fromEntries(counts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** All batchers take from one budget: of what several said, the longer wait. */
function creationsOf(words: readonly LiveProcess[]): OperatorSnapshot['headroom']['creations'] {
  const byAccount = Map.groupBy(
    words.flatMap(({ creations }) => creations),
    ({ account }) => account,
  );
  return [...byAccount]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, said]) => ({
      account,
      per_hour: Math.max(...said.map(({ perHour }) => perHour)),
      wait_seconds: seconds(Math.max(...said.map(({ wait }) => wait))),
    }));
}

/** What changes by itself is no change: times, latencies, beats. */
function withId(facts: Facts): OperatorSnapshot {
  const { at: _, dependencies, workers, ...rest } = facts;
  const stable = {
    ...rest,
    up: [dependencies.store.up, dependencies.redis.up],
    workers: workers.map((worker) => ({ ...worker, last_beat_at: null })),
  };
  const id = createHash('sha256').update(JSON.stringify(stable)).digest('hex').slice(0, 16);
  return { ...facts, id };
}

import { openBatchStates, type BatchRecord, type RequestRecord } from '@batch-gpt/domain';
import { unchanged, type Mutate } from './mutations.ts';
import type { Violation } from './violations.ts';
import { createRandom } from './random.ts';
import { createScheduleWorld, type World } from './world.ts';

/** What one schedule came to. */
export interface Verdict {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Virtual milliseconds until all was over. */
  readonly took: number;
  /** Lines that ran at the provider, and those of them that it reported as failed on its side. */
  readonly runs: number;
  readonly failedRuns: number;
}

interface RunOptions {
  readonly mutate?: Mutate;
  readonly count?: (name: string) => void;
  readonly trace?: (line: string) => void;
}

const day = 24 * 3_600_000;
const nothing = () => undefined;

/** Runs the schedule of a seed until everything is over, or for three virtual days, and judges it. */
export async function runSchedule(seed: number, options: RunOptions = {}): Promise<Verdict> {
  const { mutate = unchanged, count = nothing, trace = null } = options;
  const dice = createRandom(seed ^ 0x5eed);
  return withDice(
    () => dice.next(),
    async () => {
      const world = createScheduleWorld({ seed, mutate, count, trace });
      await world.time.runUntil(watchForQuiet(world), 3 * day);
      await judge(world);
      const { violations, provider, time } = world;
      const failedRuns = provider.runs.filter(({ result }) => result === 'failed').length;
      return { seed, violations, took: time.now(), runs: provider.runs.length, failedRuns };
    },
  );
}

/** The jitter of polls is the only chance that the code takes by itself. */
async function withDice<T>(random: () => number, run: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptors(Math).random;
  Object.defineProperty(Math, 'random', { ...own, value: random });
  try {
    return await run();
  } finally {
    Object.defineProperty(Math, 'random', own);
  }
}

/** True once every request is done, every batch closed, and nothing is under way that could still change that. */
function watchForQuiet(world: World): () => boolean {
  const { time, provider, wire, requests, batches, accepting } = world;
  const keys = accepting.map(({ key }) => key);
  let quiet = false;
  const look = async (): Promise<void> => {
    time.after(20_000, () => void look());
    if (provider.live() > 0 || wire.underWay() > 0) return;
    const { rows } = await requests.lookup(keys);
    if (rows.size < keys.length || [...rows.values()].some(({ state }) => state !== 'done')) return;
    quiet = (await batches.open(null, 1)).length === 0;
  };
  time.after(20_000, () => void look());
  return () => quiet;
}

async function judge(world: World): Promise<void> {
  const { requests, batches, accepting, violate } = world;
  const { rows } = await requests.lookup(accepting.map(({ key }) => key));
  const records = new Map<string, BatchRecord>();
  for (const { tenant } of accepting.slice(0, 1)) {
    for (const record of await batches.list(tenant, null, 1000)) records.set(record.id, record);
  }
  for (const { key } of accepting) {
    const row = rows.get(key);
    if (row === undefined) violate('lost', `${key} has no row`);
    else if (row.state !== 'done') violate('unfinished', `${key} is ${row.state}, batch ${row.batchId ?? 'none'}`);
    else judgeOutcome(world, row, records);
  }
  for (const record of records.values()) judgeBatch(world, record);
}

function judgeOutcome(
  { provider, violate }: World,
  { key, outcome }: Extract<RequestRecord, { state: 'done' }>,
  records: ReadonlyMap<string, BatchRecord>,
): void {
  const succeeded = provider.runs.some((run) => run.key === key && run.result === 'succeeded');
  if (outcome.kind === 'succeeded') {
    if (!outcome.body.includes(`"answer ${key.slice(0, 12)}"`))
      violate('answer of another key', `${key}: ${outcome.body}`);
    if (!succeeded) violate('answer of another key', `${key} has an answer and never ran`);
  } else if (succeeded) {
    violate('lost', `${key} was answered and paid, and failed with ${outcome.body}`);
  } else {
    const cancelled = (records.get(outcome.batchId ?? '')?.cancelRequestedAt ?? null) !== null;
    if (!cancelled && !provider.reasons.has(key)) violate('unexplained failure', `${key}: ${outcome.body}`);
  }
}

/** A closed batch's totals are what the provider bills for it. */
function judgeBatch({ provider, violate }: World, record: BatchRecord): void {
  if (openBatchStates.includes(record.state)) violate('batch left open', `${record.id} is ${record.state}`);
  if (record.state !== 'settled') return;
  const billed = provider.runs.filter(
    (run) => run.providerBatchId === record.providerBatchId && run.result === 'succeeded',
  ).length;
  if (record.billed?.succeeded !== billed) {
    violate('wrong total', `${record.id} says ${record.billed?.succeeded ?? 'nothing'}, the provider ${billed}`);
  }
}

/*
 * One schedule's world: stores, provider, signals and processes under one virtual clock and one seed.
 *
 * The stores are the fakes that keep the conformance suites. Signals reach any process that lives, late, twice or never.
 */
import { requestKey, type BatchId, type GroupId, type LineSizes } from '@batch-gpt/contracts';
import {
  addSizes,
  batchLine,
  noSizes,
  type BatchLimits,
  type BatchProvider,
  type BatchStore,
  type EndedSignals,
  type HintCounters,
  type NewRequest,
  type OutcomeAnnouncer,
  type RequestStore,
  type WindowBells,
} from '@batch-gpt/domain';
import { createMetrics, type Metrics } from '@batch-gpt/metrics';
import { createMemoryStores, sampleGroup, sampleRequest, sampleTime } from '@batch-gpt/testing';
import { startBatcher, type BatcherProcess } from './batcher-process.ts';
import { createFaultPlan } from './fault-plan.ts';
import type { Mutate } from './mutations.ts';
import { contentKey, createProviderWorld, type KnownLine, type ProviderWorld } from './provider-world.ts';
import { createRandom, type Random } from './random.ts';
import { startResults, type ResultsProcess } from './results-process.ts';
import { createSimProcess, type SimProcess } from './sim-process.ts';
import type { Violate, Violation } from './violations.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';
import { createWire, type Wire } from './wire.ts';

export interface World {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly wire: Wire;
  readonly requests: RequestStore;
  readonly batches: BatchStore;
  readonly provider: ProviderWorld;
  readonly bells: WindowBells;
  readonly hints: HintCounters;
  readonly ended: EndedSignals;
  readonly outcomes: OutcomeAnnouncer;
  readonly metrics: Metrics;
  readonly limits: BatchLimits;
  readonly mutate: Mutate;
  readonly violate: Violate;
  readonly violations: readonly Violation[];
  readonly trace: (line: string) => void;
  readonly onCreate: (request: Parameters<BatchProvider['createBatch']>[0]) => void;
  /** Every request that is ever accepted. */
  readonly accepting: readonly NewRequest[];
}

interface WorldOptions {
  readonly seed: number;
  readonly mutate: Mutate;
  readonly count: (name: string) => void;
  /** Null: nobody reads along. */
  readonly trace: ((line: string) => void) | null;
}

const minute = 60_000;
const sweepEvery = 15_000;
// One registry for all schedules: nobody reads it, and making it costs more than a schedule.
const metrics = createMetrics({ service: 'schedules', version: 'test', processMetrics: false });

export function createScheduleWorld({ seed, mutate, count, trace }: WorldOptions): World {
  const random = createRandom(seed);
  const time = createVirtualTime();
  const stormEnd = random.whole(2, 40) * minute;
  const stormy = () => time.now() < stormEnd;
  const violations: Violation[] = [];
  const at = (line: string) => trace?.(`${(time.now() / 1000).toFixed(3).padStart(10)} ${line}`);
  const violate: Violate = (broken, detail) => {
    violations.push({ broken, detail });
    at(`BROKEN ${broken}: ${detail}`);
  };
  const accepting = drawRequests(random);
  const lines = new Map<string, KnownLine>(
    accepting.map(({ key, endpoint, body }) => [
      key,
      {
        text: batchLine(key, endpoint, body),
        answer: `answer ${key.slice(0, 12)}`,
        nature: random.pick(natures),
      },
    ]),
  );
  const faults = createFaultPlan({ random, stormy, count });
  const wire = createWire({ time, random, faults, trace: at });
  const provider = createProviderWorld({
    time,
    random,
    epoch: sampleTime,
    stormy,
    lines,
    violate,
    count,
    trace: at,
  });
  const stores = createMemoryStores();
  const witness = createIntentWitness(violate);
  const batchers: BatcherProcess[] = [];
  const results: ResultsProcess[] = [];
  let processes = 0;

  const living = <T extends { readonly process: SimProcess }>(all: readonly T[]): T | null => {
    const alive = all.filter(({ process }) => process.isAlive());
    return alive.length === 0 ? null : (alive[random.whole(0, alive.length - 1)] ?? null);
  };
  /** A signal on its way: lost now and then, and otherwise there soon. */
  const deliver = (name: string, give: () => void) => {
    if (stormy() && random.chance(0.05)) count(`signal lost: ${name}`);
    else time.after(random.spread(1, 200), give);
  };

  const windows = new Set<GroupId>();
  const hints = new Map<GroupId, LineSizes>();
  const ring: WindowBells['ring'] = (group, trigger) => {
    windows.delete(group);
    deliver('bell', () => living(batchers)?.close(group, trigger));
    return Promise.resolve();
  };

  const world: World = {
    time,
    random,
    wire,
    requests: inOrderOfMaking(stores.requests, witness.order),
    batches: witness.watch(stores.batches, at),
    provider,
    bells: {
      ring,
      open: (group, delay) => {
        if (windows.has(group)) return Promise.resolve();
        windows.add(group);
        time.after(delay, () => void ring(group, 'time'));
        return Promise.resolve();
      },
    },
    hints: {
      add: (group, sizes) => {
        const sum = addSizes(hints.get(group) ?? noSizes, sizes);
        hints.set(group, sum);
        return Promise.resolve(sum);
      },
      clear: (group) => Promise.resolve(void hints.delete(group)),
    },
    ended: {
      announceEnded: (id) => {
        deliver('ended', () => living(results)?.settle(id));
        return Promise.resolve();
      },
    },
    outcomes: { announceOutcomes: () => Promise.resolve() },
    metrics,
    limits: { lines: random.pick([50_000, 50_000, 2, 3]), bytes: 190_000_000, inputs: 50_000 },
    mutate,
    violate,
    violations,
    trace: at,
    onCreate: witness.onCreate,
    accepting,
  };

  const start = <T>(kind: string, all: T[], run: (world: World, process: SimProcess) => T) => {
    processes += 1;
    const process = createSimProcess({
      name: `${kind}-${processes}`,
      time,
      random,
      epoch: sampleTime,
      onDeath: (dead) => {
        at(`${dead.name} is dead`);
        time.after(random.spread(500, 120_000), () => start(kind, all, run));
      },
    });
    at(`${process.name} starts`);
    all.push(run(world, process));
  };
  for (let n = random.whole(2, 3); n > 0; n -= 1) start('batcher', batchers, startBatcher);
  for (let n = random.whole(1, 2); n > 0; n -= 1) start('results', results, startResults);

  const disaster = () => {
    const victim = random.chance(0.7) ? living(batchers) : living(results);
    const kind = random.pick(['kill', 'freeze', 'stop']);
    if (victim === null) return;
    count(`at any time: ${kind}`);
    at(`${victim.process.name}: ${kind}`);
    if (kind === 'kill') victim.process.kill();
    else if (kind === 'freeze') victim.process.freeze(random.spread(1000, 10 * minute));
    else victim.stop();
  };
  for (let n = random.whole(0, 4); n > 0; n -= 1) time.after(random.spread(1000, stormEnd), disaster);

  const sweepAgain = () => {
    living(batchers)?.sweep();
    time.after(sweepEvery, sweepAgain);
  };
  time.after(sweepEvery, sweepAgain);

  const accept = async (rows: readonly NewRequest[]) => {
    await stores.requests.insert(rows);
    for (const { group, key, lineBytes, tokens } of rows) {
      const sizes = { lines: 1, bytes: lineBytes, tokens, inputs: 0 };
      deliver('accepted', () => living(batchers)?.collect({ group, keys: [key], sizes }));
    }
  };
  for (const wave of Map.groupBy(accepting, ({ acceptedAt }) => acceptedAt - sampleTime)) {
    time.after(wave[0], () => void accept(wave[1]));
  }

  if (random.chance(0.1)) {
    time.after(random.spread(6000, stormEnd), () => {
      void world.batches.open(null, 100).then(([open]) => {
        if (open === undefined) return;
        count('a caller cancels');
        at(`cancel wanted: ${open.id}`);
        return stores.batches.requestCancel(open.id, sampleTime + time.now());
      });
    });
  }
  // Webhooks: most polls need no news, some get it.
  const news = () => {
    const [id] = [...provider.provider.created.keys()].slice(-1);
    if (id !== undefined) for (const batcher of batchers) batcher.wake(id);
    if (stormy()) time.after(random.spread(10_000, 10 * minute), news);
  };
  time.after(random.spread(10_000, 10 * minute), news);
  return world;
}

/** Mostly good lines, so that a bad one is what it is outside: rare, and in good company. */
const natures = [
  ...(['good', 'good', 'good', 'good', 'good', 'good', 'good', 'good', 'good', 'good'] as const),
  ...(['refused', 'named', 'poison'] as const),
] as const;

/** One to six requests in one or two waves and groups. */
function drawRequests(random: Random): readonly NewRequest[] {
  const salt = Math.floor(random.next() * 2 ** 32);
  const secondWave = Math.floor(random.spread(10, 20 * minute));
  const models = random.chance(0.2) ? (['gpt-4o-mini', 'gpt-4o'] as const) : (['gpt-4o-mini'] as const);
  return Array.from({ length: random.whole(1, 6) }, (_, n) => {
    const model = random.pick(models);
    const key = requestKey.parse(contentKey(`${salt} ${n}`));
    return sampleRequest(n, {
      key,
      model,
      group: sampleGroup(model),
      body: `{"messages":[{"content":"question ${n}","role":"user"}],"model":"${model}"}`,
      acceptedAt: sampleTime + (random.chance(0.6) ? 0 : secondWave),
    });
  });
}

/** Ids are random, whatever the seed: what is listed by id comes in the order of its making instead. */
function inOrderOfMaking(requests: RequestStore, order: (id: BatchId) => number): RequestStore {
  return {
    ...requests,
    collectedBatchIds: async (after, limit) => {
      const ids = await requests.collectedBatchIds(after, limit);
      return ids.toSorted((a, b) => order(a) - order(b));
    },
  };
}

/** Sees every intent become durable, and every create that leaves a process (design, I2). */
function createIntentWitness(violate: Violate) {
  const made = new Map<BatchId, number>();
  const intents = new Set<string>();
  const used = new Set<string>();
  const order = (id: BatchId) => made.get(id) ?? Infinity;

  return {
    order,
    onCreate: ({ metadata }: Parameters<BatchProvider['createBatch']>[0]) => {
      const intent = `${metadata['batch_gpt_batch'] ?? ''} ${metadata['batch_gpt_attempt'] ?? ''}`;
      if (!intents.has(intent)) violate('create without intent', intent);
      if (used.has(intent)) violate('intent used twice', intent);
      used.add(intent);
    },
    watch: (batches: BatchStore, trace: (line: string) => void): BatchStore => ({
      ...batches,
      insert: (record) => {
        made.set(record.id, made.size);
        return batches.insert(record);
      },
      move: async (expected, move) => {
        const moved = await batches.move(expected, move);
        const to = `#${order(expected.id)} ${expected.state} to ${move.to}`;
        if (moved === null || move.to !== expected.state) trace(moved === null ? `${to}: race lost` : to);
        if (moved !== null && move.change?.attempt !== undefined) intents.add(`${moved.id} ${moved.attempt}`);
        return moved;
      },
      open: async (after, limit) => {
        const open = await batches.open(after, limit);
        return open.toSorted((a, b) => order(a.id) - order(b.id));
      },
    }),
  };
}

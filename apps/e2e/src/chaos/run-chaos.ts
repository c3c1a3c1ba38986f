/*
 * A run: the stack starts, callers ask, the provider errs, everything is disturbed; then all is made good, everything is
 * asked once more, and the provider's ledger is compared with what the callers saw.
 */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@batch-gpt/testing';
import { startStack, type Role, type Stack } from '../start-stack.ts';
import { startCallers } from './callers.ts';
import { createCallChooser } from './choose-call.ts';
import { createDisturbances } from './disturbances.ts';
import { checkAll, type FinalCheck } from './final-check.ts';
import { openJournal } from './journal.ts';
import { createMembers } from './members.ts';
import type { ChaosOptions } from './options.ts';
import { startProviderFaults } from './provider-faults.ts';
import { createRandom, type Random } from './random.ts';
import { reckon, type KeyKind, type Reckoning } from './reckon.ts';
import { startStorm } from './storm.ts';
import { createTally, type Tally } from './tally.ts';
import { createTruth, type Truth } from './truth.ts';

/** Everything a run came to. */
export interface ChaosReport {
  readonly options: ChaosOptions;
  readonly minutes: number;
  readonly skews: string;
  readonly disturbed: Tally;
  readonly diedAlone: Tally;
  readonly bitten: Tally;
  readonly truth: Truth;
  readonly check: FinalCheck;
  readonly reckoning: Reckoning;
  readonly folder: string;
  /** Nothing paid twice, lost, unanswered or wrong. */
  readonly isClean: boolean;
}

/** Services' settings beyond the harness's own: failures are forgotten soon, so that they can be asked again. */
const env = { FAILURE_TTL: '5', WAITER_SWEEP_MS: '1000' };
const slots: readonly (readonly [Role, number])[] = [
  ['gateway', 2],
  ['batcher', 2],
  ['results', 2],
];
const skewPreload = new URL('./skew-clock.ts', import.meta.url).href;
const patienceMs = 150_000;

/** Runs chaos to its end; `say` gets a line every now and then. Throws when the stack cannot be made good again. */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const random = createRandom(options.seed);
  // Services start all the time: what they compile is kept, so that starting them takes half as long.
  await using compiled = await mkdtempDisposable(join(tmpdir(), 'batch-gpt-compiled-'));
  await using journal = await openJournal(options.out);
  const skews = drawSkews(random.fork());
  journal.note('run', { ...options, skews: Object.fromEntries(skews) });
  await using stack = await startStack({
    store: options.store,
    gateways: 2,
    batchers: 2,
    results: 2,
    env: { ...env, NODE_COMPILE_CACHE: compiled.path },
    simulator: { SIMULATOR_CREATES_PER_HOUR: '1000000', SIMULATOR_SLOW_MS: '500' },
    perService: (role, index) => ({
      env: { CHAOS_CLOCK_SKEW_MS: String(skews.get(`${role}-${index}`) ?? 0) },
      execArgv: ['--import', skewPreload],
    }),
  });
  // An orderly end writes the compile cache, a kill does not.
  await stack.restartAll();
  const truth = createTruth();
  const disturbed = createTally();
  const bitten = createTally();
  const members = createMembers({ stack, journal, diedAlone: createTally() });
  const start = performance.now();
  const goOn = (): boolean =>
    performance.now() - start < options.minutes * 60_000 || disturbed.of('service SIGKILL') < (options.minKills ?? 0);

  const choose = createCallChooser(`chaos ${options.seed}`);
  const stopCallers = startCallers({ stack, truth, random: random.fork(), choose }, options.callers);
  const stopFaults = startProviderFaults({ simulatorUrl: stack.simulatorUrl, random: random.fork(), journal, bitten });
  const deps = { stack, members, random: random.fork(), journal, disturbed };
  const storm = startStorm(createDisturbances(deps), random.fork());
  let saidAt = start;
  while (goOn()) {
    await Promise.race([delay(500), storm.failed]);
    if (performance.now() - saidAt < 30_000) continue;
    saidAt = performance.now();
    say(progress(start, truth, disturbed));
  }
  const minutes = (performance.now() - start) / 60_000;
  journal.note('storm ends');
  await storm.stop();
  await members.settled();
  await stopCallers();
  await stopFaults();
  await untilReady(stack);
  journal.note('all is up');
  say(progress(start, truth, disturbed));

  const check = await checkAll({ stack, truth, random: random.fork(), journal, patienceMs });
  await untilNothingRuns(stack);
  const reckoning = reckon(await stack.witness.lines(), kindsOf(truth));
  await members.keepLogs();
  members.release();
  const clean =
    reckoning.paidTwice + reckoning.unknown + check.lost.length + check.unanswered.length + truth.wrong.length === 0;
  journal.note('end', { ...reckoning, check, wrong: truth.wrong });
  return {
    options,
    minutes,
    skews: [...skews].map(([name, ms]) => `${name} ${ms}`).join(', '),
    disturbed,
    diedAlone: members.diedAlone,
    bitten,
    truth,
    check,
    reckoning,
    folder: journal.folder,
    isClean: clean,
  };
}

/** One clock half a minute behind, one half a minute ahead, the others in between: a minute against each other at most. */
function drawSkews(random: Random): ReadonlyMap<string, number> {
  const names = slots.flatMap(([role, count]) => Array.from({ length: count }, (_, index) => `${role}-${index}`));
  const behind = random.pick(names);
  const ahead = random.pick(names.filter((name) => name !== behind));
  const skewOf = (name: string): number => {
    if (name === behind) return -30_000;
    return name === ahead ? 30_000 : random.between(-30_000, 30_000);
  };
  return new Map(names.map((name) => [name, skewOf(name)]));
}

async function untilReady(stack: Stack): Promise<void> {
  const services = slots.flatMap(([role]) => stack.services(role));
  await eventually(
    async () => {
      const answers = await Promise.all(services.map(({ opsPort }) => fetch(`http://127.0.0.1:${opsPort}/readyz`)));
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      return answers.every(({ status }) => status === 200);
    },
    { timeoutMs: 90_000, intervalMs: 200 },
  );
}

/** A second run of an answered line may still be under way at the provider: wait until its ledger stands still. */
async function untilNothingRuns(stack: Stack): Promise<void> {
  let before = -1;
  await eventually(
    async () => {
      const { lines_run: now } = await stack.witness.totals();
      const stands = now === before;
      before = now;
      return stands;
    },
    { timeoutMs: 60_000, intervalMs: 5000 },
  );
}

const kindsOf = (truth: Truth): ReadonlyMap<string, KeyKind> =>
  new Map(
    truth.asked
      .values()
      .flatMap(({ ids, rowIsLost }) => [...ids].map((id) => [id, rowIsLost ? 'row is lost' : 'ordinary'] as const)),
  );

function progress(start: number, truth: Truth, disturbed: Tally): string {
  const seconds = Math.round((performance.now() - start) / 1000);
  return `${seconds} s: ${truth.tries()} calls, ${truth.answers()} answered, ${disturbed.text()}`;
}

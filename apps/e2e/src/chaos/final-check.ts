/*
 * After the storm, with everything up and no fault in force: every prompt that was ever asked is asked once more until
 * it has its answer, and every handle that was handed out is looked up.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '../start-stack.ts';
import { askAndHold, lookUp, textOf } from './clients.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';
import type { Asked, Truth } from './truth.ts';

/** What checking needs; the check ends when nothing more was answered for `patienceMs`. */
export interface FinalCheckDeps {
  readonly stack: Stack;
  readonly truth: Truth;
  readonly random: Random;
  readonly journal: Journal;
  readonly patienceMs: number;
}

/** What was found. */
export interface FinalCheck {
  /** Prompts that got no answer, accepted or not. */
  readonly unanswered: readonly string[];
  /** Handles that nobody knows any more, that never ended, or that ended without their prompt's own answer. */
  readonly lost: readonly string[];
  /** Until the last prompt was answered, in milliseconds. */
  readonly tookMs: number;
}

/** Held connections cost little, and what is asked together shares a batch. */
const concurrency = 300;
/** How long a call may be held, and the pause before it is asked again, doubled each time up to the last. */
const holdMs = 30_000;
const pauseMs = [250, 4000] as const;

/** Asks everything again and looks every handle up. */
export async function checkAll(deps: FinalCheckDeps): Promise<FinalCheck> {
  const { truth, journal, patienceMs } = deps;
  const start = performance.now();
  let answeredAt = start;
  const mayGoOn = (): boolean => performance.now() < answeredAt + patienceMs;
  const unanswered: string[] = [];
  await eachOf([...truth.asked.values()], async (asked) => {
    if (await askUntilAnswered(deps, asked, mayGoOn)) {
      answeredAt = performance.now();
      return;
    }
    unanswered.push(asked.call.expected);
    journal.note('unanswered', { prompt: asked.call.expected, ids: [...asked.ids], accepted: asked.accepted });
  });
  const tookMs = performance.now() - start;
  const lost: string[] = [];
  await eachOf([...truth.handles], async ([id, asked]) => {
    const verdict = await verdictOn(deps, id, asked, performance.now() + 10_000);
    if (verdict === 'right') return;
    lost.push(id);
    journal.note('lost', { id, prompt: asked.call.expected, verdict });
  });
  return { unanswered, lost, tookMs };
}

async function askUntilAnswered(
  { stack, truth, random }: FinalCheckDeps,
  asked: Asked,
  mayGoOn: () => boolean,
): Promise<boolean> {
  const gateways = stack.services('gateway').length;
  const [shortest, longest] = pauseMs;
  let wait: number = shortest;
  for (let gateway = random.between(0, gateways - 1); mayGoOn(); gateway += 1) {
    if (await askAndHold({ stack, truth, random, gateway: gateway % gateways }, asked, holdMs)) return true;
    await delay(wait);
    wait = Math.min(longest, wait * 2);
  }
  return false;
}

async function verdictOn({ stack }: FinalCheckDeps, id: string, { call }: Asked, until: number): Promise<string> {
  for (let gateway = 0; ; gateway += 1) {
    const found = await lookUp(stack, gateway % stack.services('gateway').length, id);
    if (found === 'unknown') return found;
    const verdict = found === 'unreachable' ? found : `${found.state} ${found.response?.status_code ?? ''}`;
    if (found !== 'unreachable' && found.response?.status_code === 200) {
      return textOf(found.response.body) === call.expected ? 'right' : 'the answer of another prompt';
    }
    if (performance.now() >= until) return verdict;
    await delay(250);
  }
}

/** Does the work for all items, a bounded number at a time. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

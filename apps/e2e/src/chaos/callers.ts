import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../calls.ts';
import type { Stack } from '../start-stack.ts';
import { askAndHold, askByName, askForHandle, askForStream, askOfficially, type ClientContext } from './clients.ts';
import type { Random } from './random.ts';
import type { Asked, Truth } from './truth.ts';

/** What callers need. */
export interface CallersDeps {
  readonly stack: Stack;
  readonly truth: Truth;
  readonly random: Random;
  readonly choose: (random: Random) => Call;
}

/** How a caller asks; the last two go away in the middle, and what they asked is repeated by others later. */
const manners: readonly (readonly [(context: ClientContext, asked: Asked) => Promise<boolean>, number])[] = [
  [askOfficially, 20],
  [askForStream, 15],
  [askAndHold, 10],
  [askByName, 10],
  [askForHandle, 30],
  [(context, asked) => askAndHold(context, asked, context.random.between(5, 1500)), 20],
];

/** Starts `count` callers, one call after another each; the result stops them and resolves when the last one is back. */
export function startCallers(deps: CallersDeps, count: number): () => Promise<void> {
  const stopping = new AbortController();
  const running = Array.from({ length: count }, () => keepAsking(deps, deps.random.fork(), stopping.signal));
  // A rejection is handed out at the end; until then it must not count as unhandled.
  const all = Promise.all(running);
  all.catch(() => undefined);
  return async () => {
    stopping.abort();
    await all;
  };
}

async function keepAsking({ stack, truth, choose }: CallersDeps, random: Random, stop: AbortSignal): Promise<void> {
  const gateways = stack.services('gateway').length;
  while (!stop.aborted) {
    const again = random.chance(0.2) ? truth.takeGivenUp() : undefined;
    const asked = truth.tried(again?.call ?? choose(random));
    const [askInThisManner] = random.pick(manners, ([, weight]) => weight);
    const isAnswered = await askInThisManner({ stack, truth, random, gateway: random.between(0, gateways - 1) }, asked);
    if (!isAnswered) truth.giveUp(asked);
    // A gateway that is away refuses at once; a client that came again at once would do nothing else.
    await delay(isAnswered ? random.between(0, 200) : random.between(200, 1200));
  }
}

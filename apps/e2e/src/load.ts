import { ask, chatCall, type Call } from './calls.ts';
import type { Stack } from './start-stack.ts';

/** Callers that go on asking, each one call after another, until they are told to stop. */
export interface Load {
  /** Stops and returns how many calls were answered; rejects with the first wrong or failed answer. */
  readonly stop: () => Promise<{ readonly answered: number; readonly distinct: number }>;
  readonly answered: () => number;
}

/**
 * Starts callers spread over all gateways. Each retries like a patient client does: a call that the official client
 * gave up on is asked again, up to a bound; an answer that is not the call's own is an error at once.
 */
export function startLoad(stack: Stack, callers: number, topic: string): Load {
  const stopping = new AbortController();
  const asked = new Set<string>();
  let answered = 0;
  const caller = async (index: number): Promise<void> => {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      const call = chatCall(`${topic} ${index} ${turn}`);
      asked.add(call.expected);
      await askPatiently(stack, index, call);
      answered += 1;
    }
  };
  const running = Array.from({ length: callers }, (_, index) => caller(index));
  // The rejection is handed out by stop; until then it must not count as unhandled.
  const all = Promise.all(running);
  all.catch(() => undefined);
  return {
    answered: () => answered,
    stop: async () => {
      stopping.abort();
      await all;
      return { answered, distinct: asked.size };
    },
  };
}

const patience = 10;

/** Asks until there is an answer; errors of a service that is just going away or coming back are waited out. */
export async function askPatiently(stack: Stack, index: number, call: Call): Promise<void> {
  const gateways = stack.services('gateway').length;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await ask(stack.client((index + attempt) % gateways, { timeout: 60_000 }), call);
      if (answer !== call.expected) throw new WrongAnswer(`expected "${call.expected}", got "${answer}"`);
      return;
    } catch (error) {
      if (error instanceof WrongAnswer || attempt >= patience) throw error;
    }
  }
}

class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

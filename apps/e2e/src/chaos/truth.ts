import type { Call } from '../calls.ts';
import { createTally, type Tally } from './tally.ts';

/** What is known about one distinct prompt, from its callers' side only. */
export interface Asked {
  readonly call: Call;
  /** The answer that its provider's fault forces to be paid again: its row is lost after it was billed. */
  readonly rowIsLost: boolean;
  /** A 202 or an answer was received. */
  accepted: boolean;
  /** Ids handed out for it; the key of its line at the provider. */
  readonly ids: Set<string>;
}

/** What the callers saw: the measure of everything at the end. */
export interface Truth {
  readonly asked: ReadonlyMap<string, Asked>;
  /** Id of every 202 and the prompt it was handed out for. */
  readonly handles: ReadonlyMap<string, Asked>;
  readonly tried: (call: Call) => Asked;
  readonly handedOut: (asked: Asked, id: string) => void;
  /** A 200: wrong if its text is not the call's own. */
  readonly answered: (asked: Asked, text: string, id: string | null) => void;
  /** Anything else; `reason` is a status and code, or the kind of a broken connection. */
  readonly failed: (asked: Asked, reason: string) => void;
  /** Puts a prompt aside whose client went away, to be asked again later by somebody. */
  readonly giveUp: (asked: Asked) => void;
  readonly takeGivenUp: () => Asked | undefined;
  readonly tries: () => number;
  readonly acceptances: () => number;
  readonly answers: () => number;
  readonly wrong: readonly string[];
  readonly failures: Tally;
}

const givenUpLimit = 1000;

/** Starts with nothing asked; it remembers every distinct prompt of a run. */
export function createTruth(): Truth {
  const asked = new Map<string, Asked>();
  const handles = new Map<string, Asked>();
  const givenUp: Asked[] = [];
  const wrong: string[] = [];
  const failures = createTally();
  const counts = { tries: 0, acceptances: 0, answers: 0 };
  return {
    asked,
    handles,
    tried: (call) => {
      counts.tries += 1;
      const known = asked.get(call.expected);
      if (known !== undefined) return known;
      const rowIsLost = call.expected.includes('[[simulate:lost_row');
      const fresh: Asked = { call, rowIsLost, accepted: false, ids: new Set() };
      asked.set(call.expected, fresh);
      return fresh;
    },
    handedOut: (one, id) => {
      counts.acceptances += 1;
      one.accepted = true;
      one.ids.add(id);
      handles.set(id, one);
    },
    answered: (one, text, id) => {
      counts.answers += 1;
      counts.acceptances += 1;
      one.accepted = true;
      if (id !== null) one.ids.add(id);
      if (text !== one.call.expected) wrong.push(`expected "${one.call.expected}", got "${text}"`);
    },
    failed: (_asked, reason) => failures.add(reason),
    giveUp: (one) => {
      if (givenUp.length < givenUpLimit) givenUp.push(one);
    },
    takeGivenUp: () => givenUp.shift(),
    tries: () => counts.tries,
    acceptances: () => counts.acceptances,
    answers: () => counts.answers,
    wrong,
    failures,
  };
}

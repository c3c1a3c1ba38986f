import { describeTrouble, type MonitorClock } from './follow-system.ts';
import { isOver } from './is-over.ts';
import { type Question } from './questions.ts';

export interface KeepAskingOptions<T> {
  readonly question: Pick<Question<T>, 'ask'>;
  /** What the answer depends on: another version, and it is asked again. */
  readonly version: () => string;
  readonly onAnswer: (answer: T) => void;
  readonly onTrouble: (reason: string) => void;
  readonly clock: Pick<MonitorClock, 'sleep'>;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks. */
const lookEvery = 500;
/** A refused or failed question is asked again at this many looks. */
const looksAfterTrouble = 4;

/** Asks now, and again whenever the version is another one, until the signal aborts; never two at a time, never rejects. */
export async function keepAsking<T>(options: KeepAskingOptions<T>): Promise<void> {
  const { question, version, onAnswer, onTrouble, clock, signal } = options;
  let answered: string | null = null;
  for (let look = 0; !signal.aborted; look += 1) {
    const asked = version();
    if (asked !== answered && (answered !== null || look % looksAfterTrouble === 0)) {
      try {
        const answer = await question.ask(signal);
        if (isOver(signal)) return;
        answered = asked;
        onAnswer(answer);
      } catch (error) {
        if (isOver(signal)) return;
        answered = null;
        look = 0;
        onTrouble(describeTrouble(error));
      }
    }
    await clock.sleep(lookEvery, signal);
  }
}

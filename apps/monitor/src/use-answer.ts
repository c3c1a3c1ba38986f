import { useEffect, useRef, useState } from 'react';
import { type MonitorClock } from './feed/follow-system.ts';
import { keepAsking } from './feed/keep-asking.ts';
import { type Question } from './feed/questions.ts';

/** The latest answer; null while there is none yet. `trouble`: why it is not newer. */
export interface Answered<T> {
  readonly answer: T | null;
  readonly trouble: string | null;
}

/** Keeps the answer to a question up to date with a version; without a question the last answer is kept. */
export function useAnswer<T>(
  question: Question<T> | null,
  version: string,
  clock: Pick<MonitorClock, 'sleep'>,
): Answered<T> {
  const [got, setGot] = useState<Answered<T> & { readonly name: string }>({ name: '', answer: null, trouble: null });
  const latest = useRef(version);
  latest.current = version;

  useEffect(() => {
    if (question === null) return undefined;
    const { name } = question;
    const stop = new AbortController();
    void keepAsking({
      question,
      version: () => latest.current,
      onAnswer: (answer) => setGot({ name, answer, trouble: null }),
      onTrouble: (trouble) => setGot((last) => ({ name, answer: last.name === name ? last.answer : null, trouble })),
      clock,
      signal: stop.signal,
    });
    return () => stop.abort();
    // Questions are made anew with every drawing; the key says whether it is another one.
  }, [question?.key, clock]);

  return question === null || got.name === question.name ? got : { answer: null, trouble: null };
}

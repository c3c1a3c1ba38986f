import { type ReactNode } from 'react';
import { type Answer } from '../feed/use-answer.ts';

interface AnsweredProps<T> {
  readonly answer: Answer<T>;
  readonly children: (data: T) => ReactNode;
}

/** What came of a question, in every way in which it may come: not yet, an error, an answer that may be an old one. */
export function Answered<T>({ answer: { data, error, isLoading, reload }, children }: AnsweredProps<T>) {
  return (
    <>
      {error !== null && (
        <div className="trouble" role="alert">
          <p>{error.message}</p>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </div>
      )}
      {data !== null && children(data)}
      {isLoading && <p className="empty">Loading…</p>}
    </>
  );
}

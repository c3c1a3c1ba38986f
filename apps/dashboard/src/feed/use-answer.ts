import { StatusError } from '@batch-gpt/status-client';
import { useCallback, useEffect, useRef, useState } from 'react';

/** What came of a question. While it is asked again the last answer stays. */
export interface Answer<T> {
  readonly data: T | null;
  readonly error: StatusError | null;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** Asks when `name` changes, and again every so many milliseconds; null for a question that is not to be repeated. */
export function useAnswer<T>(
  name: string,
  ask: (signal: AbortSignal) => Promise<T>,
  every: number | null = null,
): Answer<T> {
  const [state, setState] = useState<{ name: string; data: T | null; error: StatusError | null }>({
    ...{ name, data: null, error: null },
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  const reload = useCallback(() => setTurn((count) => count + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    latest.current(abort.signal).then(
      (data) => setState({ name, data, error: null }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const told =
          error instanceof StatusError ? error : new StatusError(String(error), { kind: 'unreadable', cause: error });
        setState((known) => ({ name, data: known.name === name ? known.data : null, error: told }));
      },
    );
    const timer = every === null ? null : setTimeout(reload, every);
    return () => {
      abort.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, [name, turn, every, reload]);

  const isCurrent = state.name === name;
  return {
    data: isCurrent ? state.data : null,
    error: isCurrent ? state.error : null,
    isLoading: !isCurrent || (state.data === null && state.error === null),
    reload,
  };
}

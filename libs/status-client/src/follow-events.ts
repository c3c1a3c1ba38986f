/*
 * The event stream of a gateway over its restarts.
 *
 *   connecting ── answered ──▶ connected ── ends, fails, or is silent for too long ──▶ lost ── pause ──▶ connecting
 *
 * Pauses grow from a fifth of a second to ten; an event makes them short again. Whoever comes back names the last
 * snapshot that it saw, and is sent another one only once something is new. A wrong token ends it.
 */
import { operatorEvent, type AuditEntry, type OperatorSnapshot } from '@batch-gpt/contracts';
import { readEventStream, type StreamedEvent, type StreamPart } from './read-event-stream.ts';
import { StatusError } from './status-error.ts';

/** What one learns of a gateway, one after the other. */
export type StatusNews =
  | { readonly kind: 'connected' }
  | { readonly kind: 'snapshot'; readonly snapshot: OperatorSnapshot }
  | { readonly kind: 'action'; readonly entry: AuditEntry }
  /** `retryIn`: milliseconds until the next attempt. */
  | { readonly kind: 'lost'; readonly error: StatusError; readonly retryIn: number };

/** How to follow. */
export interface Follow {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** After so many milliseconds without a sign of life a connection is given up; the gateway gives one every 15 seconds. */
  readonly silence?: number;
  /** The shortest and the longest pause between attempts, in milliseconds. */
  readonly pauses?: readonly [shortest: number, longest: number];
}

/** Opens the stream; rejects with {@link StatusError}. */
export type OpenEvents = (lastId: string | null, signal: AbortSignal) => Promise<Response>;

/** Follows until the signal is aborted, which ends it without an error; throws {@link StatusError} for a wrong token only. */
export async function* followEvents(
  open: OpenEvents,
  { signal, silence = 45_000, pauses: [shortest, longest] = [200, 10_000] }: Follow,
): AsyncGenerator<StatusNews, void, undefined> {
  let lastId: string | null = null;
  let pause = shortest;
  while (!signal.aborted) {
    const watch = watchSilence(signal, silence);
    let error: StatusError;
    try {
      const { body } = await open(lastId, watch.signal);
      if (body === null) throw new StatusError('The stream is empty.', { kind: 'unreadable' });
      yield { kind: 'connected' };
      for await (const part of readEventStream(body)) {
        watch.alive();
        const news = newsOf(part);
        if (news === null) continue;
        if (news.kind === 'snapshot') lastId = news.snapshot.id;
        pause = shortest;
        yield news;
      }
      error = new StatusError('The gateway ended the stream.', { kind: 'unreachable' });
    } catch (thrown) {
      error = lossOf(thrown);
    } finally {
      watch.end();
    }
    if (isOver(signal)) return;
    if (error.isUnauthorized) throw error;
    yield { kind: 'lost', error, retryIn: pause };
    await sleepFor(pause, signal);
    pause = Math.min(longest, pause * 2);
  }
}

// A property that changes while it is awaited.
const isOver = (signal: AbortSignal): boolean => signal.aborted;

function newsOf(part: StreamPart): Exclude<StatusNews, { kind: 'lost' | 'connected' }> | null {
  if (part === 'alive') return null;
  const event = operatorEvent.safeParse({ event: part.event, data: jsonOf(part) });
  // Of another release: what is not understood is not news.
  if (!event.success) return null;
  const { data } = event;
  return data.event === 'snapshot' ? { kind: 'snapshot', snapshot: data.data } : { kind: 'action', entry: data.data };
}

function jsonOf({ data }: StreamedEvent): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function lossOf(thrown: unknown): StatusError {
  if (thrown instanceof StatusError) return thrown;
  return new StatusError('The connection to the gateway was lost.', { kind: 'unreachable', cause: thrown });
}

function watchSilence(outer: AbortSignal, silence: number) {
  const inner = new AbortController();
  const stop = () => inner.abort(outer.reason);
  const tooLong = () => inner.abort(new StatusError('The gateway has gone silent.', { kind: 'unreachable' }));
  outer.addEventListener('abort', stop, { once: true });
  let timer = setTimeout(tooLong, silence);
  return {
    signal: inner.signal,
    alive: () => {
      clearTimeout(timer);
      timer = setTimeout(tooLong, silence);
    },
    end: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', stop);
      // Whoever stops listening in the middle leaves no connection behind.
      inner.abort();
    },
  };
}

async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake, { once: true });
    if (signal.aborted) wake();
  });
}

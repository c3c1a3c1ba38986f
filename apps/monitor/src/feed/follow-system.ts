/*
 * Follows the system by the stream of events, and by asking where the stream brings nothing.
 *
 *   connecting ──▶ live ◀──▶ polling        polling: answers come, but no events (a proxy that keeps them, no stream)
 *        │          │           │
 *        └──────────┴─── away ◀─┘           away: nothing comes; what is shown is as it was
 *
 * Two loops run until the signal: one follows the stream, which comes back by itself, one asks for a snapshot whenever
 * nothing came for a while. That also finds out that a silent stream is dead.
 */
import { type AuditEntry, type OperatorSnapshot } from '@batch-gpt/contracts';
import { StatusError, type Rates, type StatusClient } from '@batch-gpt/status-client';
import { cleanStrings, cleanText } from '../text/clean-text.ts';
import { isOver } from './is-over.ts';
import { newsOf, newsOfAction, type News } from './news-of.ts';
import { createRateWatch } from './rates.ts';

/** Time as it is needed here, in milliseconds. */
export interface MonitorClock {
  readonly now: () => number;
  /** Resolves after a while, or once the signal aborts; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How well the gateway is heard. `since` in milliseconds of our own clock. */
export type Link =
  | { readonly kind: 'connecting' | 'live' }
  | { readonly kind: 'polling' | 'away'; readonly since: number; readonly reason: string };

/** All that is known. */
export interface SystemState {
  readonly snapshot: OperatorSnapshot | null;
  readonly link: Link;
  /** The gateway's clock less ours, in milliseconds. */
  readonly skew: number;
  /** The latest first. */
  readonly news: readonly News[];
}

export interface SystemFeed {
  readonly state: () => SystemState;
  /** Is told of every change from now on; the result ends it. */
  readonly subscribe: (listener: () => void) => () => void;
  /** In Unix seconds of the gateway's clock. */
  readonly now: () => number;
  readonly rates: () => Rates | null;
  /** Follows until the signal aborts; never rejects. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** Milliseconds. */
const askEvery = 2000;
const trustSilenceFor = 15_000;
const pauses = [200, 2000] as const;
const mostNews = 100;

/** A feed of everything, cleaned of what does not belong into a terminal. */
export function createSystemFeed(client: Pick<StatusClient, 'snapshot' | 'follow'>, clock: MonitorClock): SystemFeed {
  const listeners = new Set<() => void>();
  const watch = createRateWatch();
  let state: SystemState = { snapshot: null, link: { kind: 'connecting' }, skew: 0, news: [] };
  let heardAt = clock.now();
  let streaming = new AbortController();
  /** Whether events ever came this way: only then does a connection count for much. */
  let hasStreamed = false;

  const change = (changes: Partial<SystemState>): void => {
    state = { ...state, ...changes };
    for (const listener of [...listeners]) listener();
  };
  const addNews = (news: readonly News[]) => [...news.toReversed(), ...state.news].slice(0, mostNews);

  const take = (given: OperatorSnapshot, link: Link): void => {
    const snapshot = cleanStrings(given);
    const { snapshot: before } = state;
    heardAt = clock.now();
    watch.look(snapshot);
    const news = before === null ? state.news : addNews(newsOf(before, snapshot));
    change({ snapshot, link, skew: snapshot.at * 1000 - clock.now(), news });
  };
  const takeAction = (entry: AuditEntry): void => change({ news: addNews([newsOfAction(cleanStrings(entry))]) });

  const readStream = async (signal: AbortSignal, whole: AbortSignal): Promise<void> => {
    for await (const news of client.follow({ signal, pauses })) {
      if (news.kind === 'snapshot') {
        hasStreamed = true;
        take(news.snapshot, { kind: 'live' });
      } else if (news.kind === 'action') takeAction(news.entry);
      // Who comes back and has missed nothing is sent nothing.
      else if (news.kind === 'connected' && hasStreamed) change({ link: { kind: 'live' } });
      // Whether the gateway is away, or only its stream, shows when it is asked.
      else if (news.kind === 'lost' && state.link.kind === 'live') await ask(whole, describeTrouble(news.error));
    }
  };
  const stream = async (signal: AbortSignal): Promise<void> => {
    while (!isOver(signal)) {
      streaming = new AbortController();
      try {
        await readStream(AbortSignal.any([signal, streaming.signal]), signal);
      } catch (error) {
        // A token that is refused: somebody may set it right over there.
        if (!isOver(signal)) goAway(error);
      }
      await clock.sleep(askEvery, signal);
    }
  };

  const ask = async (signal: AbortSignal, reason: string | null): Promise<void> => {
    try {
      const snapshot = await client.snapshot(signal);
      const { link } = state;
      const since = link.kind === 'polling' ? link.since : clock.now();
      take(snapshot, reason === null ? link : { kind: 'polling', since, reason });
    } catch (error) {
      if (!isOver(signal)) goAway(error);
    }
  };
  const goAway = (error: unknown): void => {
    const since = state.link.kind === 'away' ? state.link.since : clock.now();
    change({ link: { kind: 'away', since, reason: describeTrouble(error) } });
    // A stream that is silent because its other end is gone would never say so.
    streaming.abort();
  };
  const probe = async (signal: AbortSignal): Promise<void> => {
    while (!isOver(signal)) {
      await clock.sleep(askEvery, signal);
      const isLive = state.link.kind === 'live';
      if (isOver(signal) || clock.now() - heardAt < (isLive ? trustSilenceFor : askEvery)) continue;
      await ask(signal, isLive ? null : 'no events arrive');
    }
  };

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: () => (clock.now() + state.skew) / 1000,
    rates: () => watch.at((clock.now() + state.skew) / 1000),
    run: async (signal) => {
      await Promise.all([stream(signal), probe(signal)]);
    },
  };
}

/** What went wrong, in a line; for a gateway that cannot be reached with the cause at the bottom of it all. */
export function describeTrouble(error: unknown): string {
  if (!(error instanceof Error)) return cleanText(String(error));
  const bottom = error instanceof StatusError && error.kind === 'unreachable' ? bottomOf(error) : '';
  return cleanText(bottom === '' || bottom === error.message ? error.message : `${error.message} ${bottom}`);
}

/** The innermost cause; of several attempts in one (`AggregateError`), which says nothing itself, the code. */
function bottomOf(error: Error): string {
  if (error.cause instanceof Error) return bottomOf(error.cause);
  if (error.message !== '') return error.message;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

import type {
  AcceptedRequestsJob,
  BatchId,
  CloseTrigger,
  GroupId,
  LineSizes,
  LiveProcess,
  RequestKey,
} from '@batch-gpt/contracts';
import {
  addSizes,
  noSizes,
  type AcceptedSignals,
  type BatchNews,
  type EndedSignals,
  type HintCounters,
  type LiveProcesses,
  type OutcomeAnnouncer,
  type WindowBells,
} from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';

/** Every signal that was given, in order. */
export interface SeenSignals {
  readonly accepted: AcceptedRequestsJob[];
  readonly opened: { readonly group: GroupId; readonly delay: number }[];
  readonly rung: { readonly group: GroupId; readonly trigger: CloseTrigger }[];
  readonly ended: BatchId[];
  readonly outcomes: (readonly RequestKey[])[];
  readonly news: string[];
}

export interface MemorySignals {
  readonly accepted: AcceptedSignals;
  readonly bells: WindowBells;
  readonly hints: HintCounters;
  readonly ended: EndedSignals;
  readonly outcomes: OutcomeAnnouncer;
  readonly news: BatchNews;
  readonly processes: LiveProcesses;
  readonly seen: SeenSignals;
  /** While away every call rejects with `queue_unavailable` and records nothing. */
  readonly setAway: (away: boolean) => void;
}

/** All signal ports in memory: they record, add up hints, and ring nobody. */
export function createMemorySignals(): MemorySignals {
  let away = false;
  const seen: SeenSignals = { accepted: [], opened: [], rung: [], ended: [], outcomes: [], news: [] };
  const openWindows = new Set<GroupId>();
  const sums = new Map<GroupId, LineSizes>();
  const words = new Map<string, LiveProcess>();
  const run = <T>(call: () => T): Promise<T> =>
    new Promise((resolve) => {
      if (away) throw new AppError('queue_unavailable', 'the queue is away');
      resolve(call());
    });

  return {
    accepted: { announceAccepted: (jobs) => run(() => void seen.accepted.push(...jobs)) },
    bells: {
      open: (group, delay) =>
        run(() => {
          if (openWindows.has(group)) return;
          openWindows.add(group);
          seen.opened.push({ group, delay });
        }),
      ring: (group, trigger) =>
        run(() => {
          openWindows.delete(group);
          seen.rung.push({ group, trigger });
        }),
    },
    hints: {
      add: (group, sizes) =>
        run(() => {
          const sum = addSizes(sums.get(group) ?? noSizes, sizes);
          sums.set(group, sum);
          return sum;
        }),
      clear: (group) => run(() => void sums.delete(group)),
    },
    ended: { announceEnded: (batchId) => run(() => void seen.ended.push(batchId)) },
    outcomes: { announceOutcomes: (keys) => run(() => void seen.outcomes.push(keys)) },
    news: { announceNews: (id) => run(() => void seen.news.push(id)) },
    processes: {
      announce: (process) => run(() => void words.set(process.id, process)),
      withdraw: (id) => run(() => void words.delete(id)),
      list: () => run(() => [...words.values()]),
    },
    seen,
    setAway: (value) => {
      away = value;
    },
  };
}

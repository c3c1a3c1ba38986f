import { type LiveProcess, type OperatorWorker } from '@batch-gpt/contracts';
import { type BatchRecord } from '@batch-gpt/domain';
import { seconds } from './seconds.ts';

/** Remembers when beats rose, from one look at the open batches to the next. */
export interface BeatWatch {
  readonly look: (open: readonly BatchRecord[], now: number) => void;
  /** Milliseconds since the epoch; null for an owner of whom nothing was seen yet. */
  readonly lastBeatOf: (owner: string) => number | null;
}

export function createBeatWatch(): BeatWatch {
  let beats = new Map<string, { readonly sum: number; readonly at: number | null }>();
  return {
    look: (open, now) => {
      const sums = new Map<string, number>();
      for (const { owner, beat, epoch } of open) {
        // An epoch is another owner's, or the same that came back: a change too.
        if (owner !== null) sums.set(owner, (sums.get(owner) ?? 0) + beat + epoch);
      }
      beats = new Map(
        [...sums].map(([owner, sum]) => {
          const known = beats.get(owner);
          if (known === undefined) return [owner, { sum, at: null }];
          return [owner, known.sum === sum ? known : { sum, at: now }];
        }),
      );
    },
    lastBeatOf: (owner) => beats.get(owner)?.at ?? null,
  };
}

/** Processes that said that they live, then owners of open batches that did not, each by name. */
export function toWorkers(
  words: readonly LiveProcess[],
  open: readonly BatchRecord[],
  lastBeatOf: BeatWatch['lastBeatOf'],
): OperatorWorker[] {
  const held = Map.groupBy(
    open.filter(({ owner }) => owner !== null),
    ({ owner }) => owner ?? '',
  );
  const speaking = new Set(words.map(({ id }) => id));
  const beatOf = (id: string) => {
    const at = lastBeatOf(id);
    return at === null ? null : seconds(at);
  };
  const alive = words.map((word): OperatorWorker => ({
    ...{ id: word.id, service: word.service, host: word.host, pid: word.pid, version: word.version, alive: true },
    since: seconds(word.since),
    last_beat_at: beatOf(word.id),
    held_connections: word.heldConnections,
    held_batches: word.heldBatches,
  }));
  const silent = [...held]
    .filter(([owner]) => !speaking.has(owner))
    .map(([owner, batches]): OperatorWorker => ({
      ...{ id: owner, service: 'batcher', ...placeOf(owner), version: null, alive: false },
      ...{ since: null, last_beat_at: beatOf(owner), held_connections: null, held_batches: batches.length },
    }));
  return [...alive.toSorted(byName), ...silent.toSorted(byName)];
}

/** A batcher signs as `host.pid.random`. */
function placeOf(owner: string): Pick<OperatorWorker, 'host' | 'pid'> {
  const [, host = null, pid = null] = /^(.+)\.(\d{1,10})\.[0-9a-f]{8}$/.exec(owner) ?? [];
  return { host, pid: pid === null ? null : Number(pid) };
}

function byName(a: OperatorWorker, b: OperatorWorker): number {
  const [first, second] = [`${a.service} ${a.id}`, `${b.service} ${b.id}`];
  return first < second ? -1 : first > second ? 1 : 0;
}

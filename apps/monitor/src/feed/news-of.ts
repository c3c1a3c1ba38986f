import { type AuditEntry, type OperatorBatch, type OperatorSnapshot } from '@batch-gpt/contracts';
import { formatCount, shortId } from '../text/format-values.ts';
import { statusTone, type Tone } from '../text/tone.ts';

/** Something that happened, as a line. */
export interface News {
  /** Unix seconds, by the gateway's clock. */
  readonly at: number;
  readonly text: string;
  readonly tone: Tone;
}

const mostAtOnce = 20;

/** What changed from one snapshot to the next: batches, dependencies, processes. */
export function newsOf(before: OperatorSnapshot, after: OperatorSnapshot): readonly News[] {
  const { at } = after;
  const news = (text: string, tone: Tone): News => ({ at, text, tone });
  return [
    ...batchNews(before, after).map(([text, tone]) => news(text, tone)),
    ...dependencyNews(before, after).map(([text, tone]) => news(text, tone)),
    ...workerNews(before, after).map(([text, tone]) => news(text, tone)),
  ].slice(0, mostAtOnce);
}

/** What an operator did. */
export function newsOfAction({ at, actor, action, facts }: AuditEntry): News {
  const said = Object.entries(facts).map(([name, value]) => `${name}=${value}`);
  return { at, text: [`operator at ${actor}: ${action}`, ...said].join(' '), tone: 'strong' };
}

type Told = readonly [string, Tone];

function batchNews(before: OperatorSnapshot, after: OperatorSnapshot): readonly Told[] {
  const known = new Map(before.open_batches.map((batch) => [batch.id, batch]));
  const open = new Set(after.open_batches.map(({ id }) => id));
  const changed = after.open_batches.flatMap((batch) => changeOf(known.get(batch.id), batch));
  // Where not all are shown, one that is missing may be open all the same.
  const gone = before.more_batches || after.more_batches ? [] : before.open_batches.filter(({ id }) => !open.has(id));
  return [...changed, ...gone.map((batch): Told => [`${nameOf(batch)} is over, ${linesOf(batch)}`, 'good'])];
}

function changeOf(before: OperatorBatch | undefined, batch: OperatorBatch): readonly Told[] {
  if (batch.trouble !== null && (before === undefined || before.trouble === null)) {
    return [[`${nameOf(batch)} is in trouble: ${batch.trouble.message}`, 'bad']];
  }
  if (before === undefined) return [[`${nameOf(batch)} formed, ${linesOf(batch)}`, 'plain']];
  if (before.status === batch.status) return [];
  return [[`${nameOf(batch)} ${before.status} → ${batch.status}`, statusTone(batch.status)]];
}

const nameOf = ({ id, model }: OperatorBatch): string => `batch ${shortId(id)} (${model})`;
const linesOf = ({ counts }: OperatorBatch): string => `${formatCount(counts.total)} lines`;

function dependencyNews(before: OperatorSnapshot, after: OperatorSnapshot): readonly Told[] {
  return (['store', 'redis'] as const).flatMap((name): Told[] => {
    const is = after.dependencies[name].up;
    if (before.dependencies[name].up === is) return [];
    return [is ? [`${name} is back`, 'good'] : [`${name} is away`, 'bad']];
  });
}

function workerNews(before: OperatorSnapshot, after: OperatorSnapshot): readonly Told[] {
  const alive = new Map(before.workers.map((worker) => [worker.id, worker.alive]));
  const named = new Set(after.workers.map(({ id }) => id));
  const came = after.workers
    .filter((worker) => worker.alive !== (alive.get(worker.id) ?? false))
    .map((worker): Told =>
      worker.alive
        ? [`${worker.service} ${worker.id} is there`, 'good']
        : [`${worker.service} ${worker.id} fell silent`, 'bad'],
    );
  const left = before.workers
    .filter((worker) => worker.alive && !named.has(worker.id))
    .map((worker): Told => [`${worker.service} ${worker.id} is gone`, 'warn']);
  return [...came, ...left];
}

import { type OperatorBatch, type OperatorGroup } from '@batch-gpt/contracts';
import { formatCount, shortId } from '../text/format-values.ts';

/** What the monitor can have done. */
export type Action = 'cancel' | 'retry' | 'abandon' | 'flush';

/** Something to be done to a batch or to a group, in words for the question before it. */
export interface Order {
  readonly action: Action;
  /** Of the batch or the group. */
  readonly id: string;
  readonly what: string;
}

/** What can be done to a row; a text says why not. */
export type Orders = Readonly<Partial<Record<Action, Order | string>>>;

const over: ReadonlySet<string> = new Set(['ended', 'settled', 'void', 'abandoned']);

/** What can be done to a batch as it is now; the gateway has the last word. */
export function ordersOfBatch(batch: Pick<OperatorBatch, 'id' | 'state' | 'model' | 'counts'>): Orders {
  const { id, state, model, counts } = batch;
  const name = `batch ${shortId(id)}`;
  const what = `${name} (${model}, ${formatCount(counts.total)} lines)`;
  const failed = `${formatCount(counts.failed)} failed lines of ${name} (${model})`;
  return {
    cancel: over.has(state) ? `${name} is ${state}: there is nothing to cancel` : { action: 'cancel', id, what },
    abandon:
      state === 'submitted' || state === 'ended'
        ? { action: 'abandon', id, what }
        : `${name} is ${state}: only a submitted or ended batch can be abandoned`,
    retry: retryOf(),
  };

  function retryOf(): Order | string {
    if (state !== 'settled') return `${name} is ${state}: lines are retried once it has settled`;
    if (counts.failed === 0) return `no line of ${name} failed`;
    return { action: 'retry', id, what: failed };
  }
}

/** What can be done to a group that waits. */
export function ordersOfGroup({ id, model, pending }: OperatorGroup): Orders {
  return { flush: { action: 'flush', id, what: `the window of ${model} (${formatCount(pending)} waiting)` } };
}

import { type Alarm } from '../alarm.ts';
import { type Clock } from '../clock.ts';
import { type Faults } from '../faults/create-faults.ts';
import { type FileStore } from '../files/file-store.ts';
import { type Ledger } from '../ledger.ts';
import { type ModelCatalogue } from '../models.ts';
import { type Settings } from '../settings.ts';
import { type Batch, type BatchError, enter } from './batch.ts';
import { type TokenBudget } from './token-budget.ts';

/** What an operator wants of a batch, at once. */
export type BatchCommand = 'finish' | 'expire' | 'fail';

/** One batch's thread of life. */
export interface Life {
  readonly batch: Batch;
  readonly alarm: Alarm;
  /** Seed of this batch's shuffle. */
  readonly seed: number;
  command: BatchCommand | null;
  /** The simulator is closing: leave everything as it is. */
  over: boolean;
}

/** What a life works with. */
export interface LifeDeps {
  readonly clock: Clock;
  readonly files: FileStore;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly models: ModelCatalogue;
  readonly budget: TokenBudget;
  /** Read anew at every step, so that changes bite at once. */
  readonly settings: () => Settings;
}

/** Rests for a time, shorter if the batch is commanded, cancelled or over. */
export async function pass(life: Life, { clock }: Pick<LifeDeps, 'clock'>, ms: number): Promise<void> {
  const until = clock.now() + ms;
  const from = life.batch.status;
  while (life.command === null && !life.over && life.batch.status === from && clock.now() < until) {
    await life.alarm.rest(until - clock.now());
  }
}

/** Fails a batch; one that was cancelled meanwhile is cancelled instead. */
export function fail(life: Life, deps: LifeDeps, errors: readonly BatchError[]): null {
  if (life.batch.status === 'cancelling') {
    enter(life.batch, 'cancelled', deps.clock.now());
    return null;
  }
  life.batch.errors = errors;
  enter(life.batch, 'failed', deps.clock.now());
  return null;
}

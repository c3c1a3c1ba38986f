import { type Alarm } from '../alarm.ts';
import { type Clock } from '../clock.ts';
import { type Faults } from '../faults/create-faults.ts';
import { type FileStore } from '../files/file-store.ts';
import { type Ledger } from '../ledger.ts';
import { type ModelCatalogue } from '../models.ts';
import { type Settings } from '../settings.ts';
import { type Journal } from '../journal/journal.ts';
import { recordOf } from '../journal/journal-record.ts';
import { type Batch, type BatchError, type BatchStatus, enter } from './batch.ts';
import { type TokenBudget } from './token-budget.ts';

/** What an operator wants of a batch, at once. */
export type BatchCommand = 'finish' | 'expire' | 'fail';

/** One batch's thread of life. */
export interface Life {
  readonly batch: Batch;
  readonly alarm: Alarm;
  /** The status in which this life took the batch up. */
  readonly from: BatchStatus;
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
  readonly journal: Journal;
  /** Read anew at every step, so that changes bite at once. */
  readonly settings: () => Settings;
}

/** Moves a batch to a status and writes it down as it then is; throws on a move that does not exist. */
export function move(batch: Batch, status: BatchStatus, { clock, journal }: Pick<LifeDeps, 'clock' | 'journal'>): void {
  enter(batch, status, clock.now());
  journal.append(recordOf(batch));
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
    move(life.batch, 'cancelled', deps);
    return null;
  }
  life.batch.errors = errors;
  move(life.batch, 'failed', deps);
  return null;
}

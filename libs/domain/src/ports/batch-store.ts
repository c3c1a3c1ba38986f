import type { BatchId, BatchState, TenantId } from '@batch-gpt/contracts';
import type { BatchChange, BatchRecord } from '../batch.ts';

/** What a compare-and-set of a batch expects to find. */
export interface BatchExpectation {
  readonly id: BatchId;
  readonly state: BatchState;
  readonly epoch: number;
  /**
   * The latest attempt, where the caller knows it: a change that was sent in an earlier round through the same states
   * and arrives in a later one finds another attempt and changes nothing.
   */
  readonly attempt?: number;
}

/** A change of a batch, with a note for its history (no prompts, no secrets; at most 500 characters are kept). */
export interface BatchMove {
  readonly to: BatchState;
  readonly change?: BatchChange;
  readonly note?: string;
  readonly at: number;
}

/**
 * The system of record for batches. Durable when a promise resolves; AppError `store_unavailable` when the database is
 * away, the change may then have happened. An illegal move is a bug and throws.
 */
export interface BatchStore {
  insert(batch: BatchRecord): Promise<void>;

  get(id: BatchId): Promise<BatchRecord | null>;

  getMany(ids: readonly BatchId[]): Promise<ReadonlyMap<BatchId, BatchRecord>>;

  /**
   * Compare-and-set on (state, epoch), and on the attempt if it is named. Returns the record after the move, its cancel flag included, or null when the
   * race was lost. The history gains an entry when the state changes or a note is given.
   */
  move(expected: BatchExpectation, move: BatchMove): Promise<BatchRecord | null>;

  /** Raises the beat of batches that are still held in this epoch. Returns the ids that are not. */
  beat(held: readonly { readonly id: BatchId; readonly epoch: number }[]): Promise<ReadonlySet<BatchId>>;

  /** Compare-and-set on epoch: a new owner, the epoch raised by one. Null when somebody was faster. */
  takeOver(id: BatchId, epoch: number, owner: string, at: number): Promise<BatchRecord | null>;

  /** Gives batches up without ending them: the owner becomes null, so that another batcher takes them at once. */
  release(held: readonly { readonly id: BatchId; readonly epoch: number }[]): Promise<void>;

  /** Open batches (not settled, not void) in order of their id, after `after`. */
  open(after: BatchId | null, limit: number): Promise<readonly BatchRecord[]>;

  /** Sets the cancel flag unless the batch is settled or void; returns the record as it is then, or null. */
  requestCancel(id: BatchId, at: number): Promise<BatchRecord | null>;

  /** A tenant's batch by our id or by the provider's. */
  findForTenant(tenant: TenantId, idOrProviderId: string): Promise<BatchRecord | null>;

  /**
   * A tenant's batches, newest first (createdAt, then id), void ones left out; `after` is the last one of the page
   * before. At most `limit` rows.
   */
  list(tenant: TenantId, after: BatchId | null, limit: number): Promise<readonly BatchRecord[]>;

  /** Batches that ended in this state and have not changed since before `before`, oldest first. At most `limit`. */
  ended(state: 'settled' | 'void', before: number, limit: number): Promise<readonly BatchId[]>;

  /** Removes a batch that is in this state. True if it was; rows that still name it are the caller's business. */
  remove(id: BatchId, state: 'settled' | 'void'): Promise<boolean>;
}

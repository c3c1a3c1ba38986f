/*
 * A batch's states and moves (design, section 7). Every move is a compare-and-set on (state, epoch).
 *
 *   forming ─▶ claimed ─▶ uploaded ─▶ submitting ─▶ submitted ─▶ ended ─▶ settled
 *      │          │ ▲         │ ▲         │ │ ▲          │         ▲ │
 *      ▼          │ └─────────┘ └─────────┘ │ │          │         │ └─▶ abandoned ─▶ settled
 *     void ◀──────┴── (void before anything could be paid)         │
 *                 └── claimed, uploaded ─▶ ended (a cause fails every member)
 *
 *   uploaded   ─▶ claimed    input file gone
 *   submitting ─▶ uploaded   a definite refusal: the next create has its own intent
 *   submitting ─▶ claimed    reconciled: nothing was created
 *   submitting ─▶ void       poison search: the provider refused the whole file and named no line
 *   submitted  ─▶ uploaded, claimed   failed for the token limit or a file not found
 *   submitted  ─▶ void       poison search, or nothing of it was run
 */
import type { AccountId, BatchEndpoint, BatchId, BatchState, GroupId, LineSizes, TenantId } from '@batch-gpt/contracts';

const moves: Readonly<Record<BatchState, readonly BatchState[]>> = {
  forming: ['claimed', 'void'],
  claimed: ['uploaded', 'ended', 'void'],
  uploaded: ['submitting', 'claimed', 'ended', 'void'],
  submitting: ['submitted', 'uploaded', 'claimed', 'void', 'ended'],
  submitted: ['ended', 'uploaded', 'claimed', 'void', 'abandoned'],
  ended: ['settled', 'abandoned'],
  abandoned: ['settled'],
  settled: [],
  void: [],
};

/** Whether a batch may go from one state to another; staying in a state is always legal. */
export function isLegalMove(from: BatchState, to: BatchState): boolean {
  return from === to || moves[from].includes(to);
}

/** States in which a batch still has work for a batcher or a results worker. */
export const openBatchStates: readonly BatchState[] = [
  'forming',
  'claimed',
  'uploaded',
  'submitting',
  'submitted',
  'ended',
  'abandoned',
];

/** Why all members of a batch, or one named line, fail: what their callers are answered. */
export interface FailureCause {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly type: string;
}

/** A line that the provider's validation named, by its key. */
export interface NamedLine {
  readonly key: string;
  readonly cause: FailureCause;
}

/** What the provider last said of its batch. Times are Unix seconds. */
export interface ProviderSnapshot {
  readonly status: string;
  readonly outputFileId: string | null;
  readonly errorFileId: string | null;
  readonly createdAt: number;
  readonly inProgressAt: number | null;
  readonly finalizingAt: number | null;
  readonly completedAt: number | null;
  readonly failedAt: number | null;
  readonly expiredAt: number | null;
  readonly cancellingAt: number | null;
  readonly cancelledAt: number | null;
  readonly expiresAt: number | null;
  readonly counts: { readonly total: number; readonly completed: number; readonly failed: number };
  readonly errors: readonly {
    readonly code: string | null;
    readonly message: string;
    readonly param: string | null;
    readonly line: number | null;
  }[];
}

/** What a settled batch came to, computed from its result files; the same on every repeat. */
export interface BilledTotals {
  readonly succeeded: number;
  readonly failed: number;
  readonly sentAgain: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  /**
   * Lines that the provider counts as completed and gave no readable row of: paid by all appearances, with tokens that
   * nobody here knows. Records of earlier releases do not say.
   */
  readonly lost?: number;
  /** Of the tokens above, those of answers that came too late to be of use: their line was given up and ran again, or nobody waits. */
  readonly unused?: UnusedTokens;
}

/** Tokens that were paid for nothing. */
export interface UnusedTokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
}

export interface Transition {
  readonly state: BatchState;
  readonly at: number;
  readonly note: string | null;
}

/** Transitions that a batch remembers at most; the oldest go first. */
export const historyLimit = 50;

/** Our record of one submission. Times without a unit in their name are milliseconds since the epoch. */
export interface BatchRecord {
  readonly id: BatchId;
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly endpoint: BatchEndpoint;
  readonly model: string;
  readonly group: GroupId;
  readonly state: BatchState;
  /** Raised by every new owner; part of every compare-and-set. */
  readonly epoch: number;
  /** Null when nobody holds it: the next batcher that looks may take it at once. */
  readonly owner: string | null;
  /** Raised by the owner while it lives. */
  readonly beat: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly sizes: LineSizes;
  /** SHA-256 of the input file, hex. */
  readonly digest: string | null;
  readonly inputFileId: string | null;
  /** The provider's own clock, Unix seconds: reconciling goes by it. */
  readonly inputFileCreatedAt: number | null;
  /** Number of the latest intent to create; the provider's `metadata` carries it. */
  readonly attempt: number;
  readonly intentAt: number | null;
  /** When the input file's deletion was confirmed while reconciling. */
  readonly fencedAt: number | null;
  readonly providerBatchId: string | null;
  /** Provider batches of earlier attempts; never bound again. */
  readonly formerProviderBatchIds: readonly string[];
  readonly provider: ProviderSnapshot | null;
  readonly cancelRequestedAt: number | null;
  /** Fails every member that has no outcome. */
  readonly cause: FailureCause | null;
  readonly namedLines: readonly NamedLine[];
  /**
   * Why nobody can say when this batch will end: unknown to the provider, stuck, or past its deadline while a create is
   * in doubt. Waiters are told; the rows stay with the batch, because they may be paid for.
   */
  readonly trouble: FailureCause | null;
  /** Depth of the poison search that this batch is part of. */
  readonly depth: number;
  readonly billed: BilledTotals | null;
  readonly history: readonly Transition[];
}

/** The fields a move may change; state, epoch, owner, beat, times and history are the store's business. */
export type BatchChange = Partial<
  Pick<
    BatchRecord,
    | 'sizes'
    | 'digest'
    | 'inputFileId'
    | 'inputFileCreatedAt'
    | 'attempt'
    | 'intentAt'
    | 'fencedAt'
    | 'providerBatchId'
    | 'formerProviderBatchIds'
    | 'provider'
    | 'cause'
    | 'namedLines'
    | 'trouble'
    | 'depth'
    | 'billed'
  >
>;

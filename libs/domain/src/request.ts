/*
 * A request's states and moves. Every move is a compare-and-set on (state, batchId) in the store.
 *
 *   accepted  ── claim(batch) ──────────────▶ collected ── settle(batch, outcome) ──▶ done
 *      ▲  │                                       │                                    │
 *      │  └── endAccepted(outcome) ──▶ done       │                                    │
 *      ├───────── returnMembers(batch) ───────────┘                                    │
 *      └───────── acceptAnew(seen doneAt) ─────────────────────────────────────────────┘
 *
 * A row that was accepted anew keeps its old shareable outcome until a new success replaces it. A failure stands beside
 * it: it is the row's outcome, what it did not replace is `kept`, and the next run begins with that again.
 */
import type { AccountId, BatchEndpoint, BatchId, GroupId, RequestKey, TenantId } from '@batch-gpt/contracts';
import type { KeepUntil, Outcome } from './outcome.ts';

/** What the gateway stores when it accepts a request. Times are milliseconds since the epoch, sizes are bytes. */
export interface NewRequest {
  readonly key: RequestKey;
  /** Content key of a private row (`no-store`); null for an ordinary row, whose key is its content key. */
  readonly base: RequestKey | null;
  /** The caller's attempt that a private row was last claimed by. */
  readonly retry: number;
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly endpoint: BatchEndpoint;
  readonly model: string;
  readonly group: GroupId;
  /** The line's body as JSON text; reaches the provider byte for byte. */
  readonly body: string;
  /** Size of the whole line in the input file, its newline included. */
  readonly lineBytes: number;
  /** Estimated prompt tokens. */
  readonly tokens: number;
  /** Embedding inputs; 0 for other endpoints. */
  readonly inputs: number;
  /** False when the answer depends on server state or side effects, whatever it will be. */
  readonly shareable: boolean;
  /** The caller set an output limit: an answer cut at that limit is complete. */
  readonly limited: boolean;
  /** How long a shareable success answers everybody, in milliseconds; null: as the deployment has it. */
  readonly cacheTtl: number | null;
  /** The call that it is accepted for wanted no stored outcome: whether its answer reached a caller is noted. */
  readonly asksAnew: boolean;
  readonly acceptedAt: number;
}

/** A shareable success that a later failure did not replace. */
export interface KeptOutcome {
  readonly outcome: Outcome;
  readonly reuseUntil: number;
}

interface RequestFacts extends Omit<NewRequest, 'body'> {
  /** Runs at the provider so far. */
  readonly attempt: number;
  /** Batches that gave it back without running it. */
  readonly rounds: number;
}

/** A request without its body, as a look-up returns it. `outcome` of an open row is an old one that may still answer. */
export type RequestRecord =
  | (RequestFacts & {
      readonly state: 'accepted';
      readonly batchId: null;
      readonly outcome: Outcome | null;
      readonly reuseUntil: number | null;
    })
  | (RequestFacts & {
      readonly state: 'collected';
      readonly batchId: BatchId;
      readonly collectedAt: number;
      readonly outcome: Outcome | null;
      readonly reuseUntil: number | null;
    })
  | (RequestFacts & {
      readonly state: 'done';
      readonly batchId: BatchId | null;
      readonly collectedAt: number | null;
      readonly outcome: Outcome;
      readonly doneAt: number;
      readonly reuseUntil: number;
      readonly expiresAt: number;
      readonly delivered: boolean;
      /** Beside a failure only. */
      readonly kept: KeptOutcome | null;
    });

/** A request without any text, as a listing shows it. */
export type RequestSummary = WithoutBody<RequestRecord>;

/** Distributes over the union, so that every state keeps its own fields. */
type WithoutBody<R> = R extends { readonly outcome: infer O }
  ? Omit<R, 'outcome' | 'kept'> & { readonly outcome: (O extends Outcome ? Omit<O, 'body'> : never) | Extract<O, null> }
  : never;

/** What closing a window needs to know of an accepted request. */
export interface Candidate {
  readonly key: RequestKey;
  readonly acceptedAt: number;
  readonly lineBytes: number;
  readonly tokens: number;
  readonly inputs: number;
}

/** What settling needs to know of a member of a batch. */
export interface Member {
  readonly key: RequestKey;
  /** True for a private row. */
  readonly isPrivate: boolean;
  readonly attempt: number;
  readonly rounds: number;
  readonly shareable: boolean;
  readonly limited: boolean;
  readonly cacheTtl: number | null;
  readonly endpoint: BatchEndpoint;
}

/** A member with the text of its body, for building the input file. */
export interface MemberBody {
  readonly key: RequestKey;
  readonly body: string;
}

/** A request's outcome and how long it is of use. */
export interface Settlement extends KeepUntil {
  readonly key: RequestKey;
  readonly outcome: Outcome;
  /** Runs at the provider, this one included. */
  readonly attempt: number;
}

/** A member that goes back to `accepted`, to wait in `group` for another batch. */
export interface Return {
  readonly key: RequestKey;
  readonly group: GroupId;
  readonly attempt: number;
  readonly rounds: number;
}

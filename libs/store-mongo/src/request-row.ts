import type {
  AccountId,
  BatchEndpoint,
  BatchId,
  GroupId,
  RequestKey,
  RequestState,
  TenantId,
} from '@batch-gpt/contracts';
import type { Candidate, Member, MemberBody, NewRequest, Outcome, RequestRecord } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { TextRef } from './text-files.ts';

/** Version that this code writes into every document of `requests`. */
export const requestRowVersion = 1;

/** A document of `requests`. What a state does not have is absent, so that sparse and partial indexes stay small. */
export interface RequestRow {
  readonly _id: RequestKey;
  readonly v: number;
  readonly state: RequestState;
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly endpoint: BatchEndpoint;
  readonly model: string;
  readonly group: GroupId;
  readonly base?: RequestKey;
  readonly retry: number;
  readonly body?: string;
  /** In place of `body`: a large one is kept apart. */
  readonly bodyRef?: TextRef;
  readonly lineBytes: number;
  readonly tokens: number;
  readonly inputs: number;
  readonly shareable: boolean;
  readonly limited: boolean;
  /** Absent where an earlier version wrote the row. */
  readonly cacheTtl?: number | null;
  /** Absent where an earlier version wrote the row. */
  readonly asksAnew?: boolean;
  readonly acceptedAt: number;
  readonly attempt: number;
  readonly rounds: number;
  readonly batchId?: BatchId;
  readonly collectedAt?: number;
  readonly outcome?: StoredOutcome;
  readonly doneAt?: number;
  readonly reuseUntil?: number;
  readonly expiresAt?: number;
  readonly delivered?: boolean;
  /** An old shareable success that a failure did not replace; of an open row it is the outcome that still answers. */
  readonly kept?: { readonly outcome: StoredOutcome; readonly reuseUntil: number };
  /** Eviction passes it over until then. */
  readonly namedUntil?: number;
  /** The bulk call that moved the row last: how such a call learns which rows it moved (`move-rows.ts`). */
  readonly moveId?: string;
}

/** An outcome with its body, or with the place of a large one. */
export type StoredOutcome = Omit<Outcome, 'body'> & { readonly body?: string; readonly bodyRef?: TextRef };

/** The fields that an insert and an accepting anew write alike; `ref` is the place of a large body. */
export function acceptedFields(row: NewRequest, ref: TextRef | undefined) {
  const { account, endpoint, model, group, retry, body, lineBytes, tokens, inputs } = row;
  const { shareable, limited, cacheTtl, asksAnew, acceptedAt } = row;
  return {
    v: requestRowVersion,
    state: 'accepted' as const,
    ...{ account, endpoint, model, group, retry, lineBytes, tokens, inputs },
    ...{ shareable, limited, cacheTtl, asksAnew, acceptedAt },
    ...(ref ? { bodyRef: ref } : { body }),
    attempt: 0,
    rounds: 0,
  };
}

export function toRequestRow(row: NewRequest, ref?: TextRef): RequestRow {
  return {
    _id: row.key,
    tenant: row.tenant,
    ...(row.base === null ? {} : { base: row.base }),
    ...acceptedFields(row, ref),
  };
}

/** Texts of outcomes that are not in the row itself. */
export interface OutcomeTexts {
  readonly outcome?: string | undefined;
  readonly kept?: string | undefined;
}

/** For rows that were read without these texts, and that nobody reads whole. */
export const unreadTexts: OutcomeTexts = { outcome: '', kept: '' };

/** Leaves them out of what is read. */
export const withoutTexts = { body: 0, 'outcome.body': 0, 'kept.outcome.body': 0 };

/**
 * Reads a document without its body; `texts` are those of outcomes that are kept apart. Throws AppError
 * `internal_error` for a document that this code cannot have written.
 */
export function toRequestRecord(row: RequestRow, texts: OutcomeTexts = {}): RequestRecord {
  const facts = factsOf(row);
  const kept = row.kept
    ? { outcome: toOutcome(row, row.kept.outcome, texts.kept), reuseUntil: row.kept.reuseUntil }
    : null;
  const own = row.outcome ? toOutcome(row, row.outcome, texts.outcome) : null;
  const outcome = own ?? kept?.outcome ?? null;
  const batchId = row.batchId ?? null;
  const collectedAt = row.collectedAt ?? null;
  const reuseUntil = row.reuseUntil ?? (own === null ? kept?.reuseUntil : null) ?? null;
  switch (row.state) {
    case 'accepted':
      return { ...facts, state: 'accepted', batchId: null, outcome, reuseUntil };
    case 'collected':
      if (batchId === null || collectedAt === null) throw unreadable(row);
      return { ...facts, state: 'collected', batchId, collectedAt, outcome, reuseUntil };
    case 'done': {
      const { doneAt, expiresAt, delivered = false } = row;
      if (!own || doneAt === undefined || reuseUntil === null || expiresAt === undefined) throw unreadable(row);
      return {
        ...{ ...facts, state: 'done', batchId, collectedAt },
        ...{ outcome: own, doneAt, reuseUntil, expiresAt, delivered },
        // An earlier version that stores a success beside it leaves it where it is.
        kept: own.kind === 'failed' ? kept : null,
      };
    }
    default:
      throw unreadable(row);
  }
}

export type CandidateRow = Pick<RequestRow, '_id' | 'acceptedAt' | 'lineBytes' | 'tokens' | 'inputs'>;

export function toCandidate({ _id, acceptedAt, lineBytes, tokens, inputs }: CandidateRow): Candidate {
  return { key: _id, acceptedAt, lineBytes, tokens, inputs };
}

export type MemberRow = Pick<
  RequestRow,
  '_id' | 'base' | 'attempt' | 'rounds' | 'shareable' | 'limited' | 'cacheTtl' | 'endpoint'
>;

export function toMember({ _id, base, cacheTtl = null, ...facts }: MemberRow): Member {
  const { attempt, rounds, shareable, limited, endpoint } = facts;
  return { key: _id, isPrivate: base !== undefined, attempt, rounds, shareable, limited, cacheTtl, endpoint };
}

export type MemberBodyRow = Pick<RequestRow, '_id' | 'body' | 'bodyRef'>;

/** A member with its body, or with the place of a large one. */
export type StoredMemberBody = MemberBody | { readonly key: RequestKey; readonly ref: TextRef };

/** Throws AppError `internal_error` when the body is missing: an open row always has one. */
export function toMemberBody({ _id, body, bodyRef }: MemberBodyRow): StoredMemberBody {
  if (bodyRef !== undefined) return { key: _id, ref: bodyRef };
  if (body === undefined)
    throw new AppError('internal_error', 'a collected request has no body', { details: { key: _id } });
  return { key: _id, body };
}

function factsOf(row: RequestRow) {
  const { _id, tenant, account, endpoint, model, group, base = null, retry, attempt, rounds } = row;
  const { lineBytes, tokens, inputs, shareable, limited, cacheTtl = null, asksAnew = false, acceptedAt } = row;
  return {
    key: _id,
    ...{ base, retry, tenant, account, endpoint, model, group },
    ...{ lineBytes, tokens, inputs, shareable, limited, cacheTtl, asksAnew, acceptedAt, attempt, rounds },
  };
}

function toOutcome(row: RequestRow, stored: StoredOutcome, body = stored.body): Outcome {
  if (body === undefined) throw unreadable(row);
  const { kind, status, shareable, usage, providerRequestId, batchId, at } = stored;
  return { kind, status, body, shareable, usage, providerRequestId, batchId, at };
}

function unreadable({ _id, v, state }: RequestRow): AppError {
  return new AppError('internal_error', 'a stored request is not readable', { details: { key: _id, v, state } });
}

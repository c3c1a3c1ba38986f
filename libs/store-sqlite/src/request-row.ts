import type { AccountId, BatchEndpoint, BatchId, GroupId, RequestKey, TenantId } from '@batch-gpt/contracts';
import type { Candidate, KeptOutcome, Member, NewRequest, Outcome, RequestRecord } from '@batch-gpt/domain';
import { flag, integer, integerOrNull, text, textOrNull, type Row } from './column.ts';

type Facts = Pick<RequestRecord, 'outcome' | 'reuseUntil' | 'attempt' | 'rounds'> & Omit<NewRequest, 'body'>;
type Value = string | number | null;

/** The columns of {@link toRequestRecord}. */
export const recordColumns = `key, base, retry, tenant, account, endpoint, model, group_id, line_bytes, tokens, inputs,
  shareable, limited, cache_ttl, accepted_at, attempt, rounds, state, batch_id, collected_at, done_at, reuse_until,
  expires_at, delivered, asks_anew, kept_until, kept_outcome, outcome, kept_body, outcome_body`;

/** The same without the text of the outcome, for rows that nobody reads whole. */
export const unreadRecordColumns = recordColumns
  .replace(' outcome_body', ` '' AS outcome_body`)
  .replace(' kept_body', ` '' AS kept_body`);

/** The row's outcome is a success that may serve everybody. */
export const isSharedSuccess = `outcome ->> '$.kind' = 'succeeded' AND outcome ->> '$.shareable'`;

/** What accepting a row anew replaces, in the order of {@link anewValues}. */
export const anewColumns = [
  'retry',
  'account',
  'endpoint',
  'model',
  'group_id',
  'line_bytes',
  'tokens',
  'inputs',
  'shareable',
  'limited',
  'cache_ttl',
  'asks_anew',
  'accepted_at',
] as const;

export function anewValues(request: NewRequest): Value[] {
  return [
    request.retry,
    request.account,
    request.endpoint,
    request.model,
    request.group,
    request.lineBytes,
    request.tokens,
    request.inputs,
    Number(request.shareable),
    Number(request.limited),
    request.cacheTtl,
    Number(request.asksAnew),
    request.acceptedAt,
  ];
}

/** What a new row starts with, in the order of {@link newValues}; the body has its own table. */
export const newColumns = ['key', 'base', 'tenant', ...anewColumns] as const;

export function newValues(request: NewRequest): Value[] {
  return [request.key, request.base, request.tenant, ...anewValues(request)];
}

/** An outcome without its body, as JSON. */
export function outcomeFacts({ body: _, ...facts }: Outcome): string {
  return JSON.stringify(facts);
}

export function toRequestRecord(row: Row): RequestRecord {
  const facts = factsOf(row);
  const state = text(row, 'state') as RequestRecord['state'];
  switch (state) {
    case 'accepted':
      return { ...facts, state, batchId: null };
    case 'collected':
      return { ...facts, state, batchId: text(row, 'batch_id') as BatchId, collectedAt: integer(row, 'collected_at') };
    case 'done':
      return {
        ...facts,
        state,
        batchId: textOrNull(row, 'batch_id') as BatchId | null,
        collectedAt: integerOrNull(row, 'collected_at'),
        outcome: outcomeOf(row),
        doneAt: integer(row, 'done_at'),
        reuseUntil: integer(row, 'reuse_until'),
        expiresAt: integer(row, 'expires_at'),
        delivered: flag(row, 'delivered'),
        kept: keptOf(row),
      };
  }
}

export function toCandidate(row: Row): Candidate {
  return {
    key: text(row, 'key') as RequestKey,
    acceptedAt: integer(row, 'accepted_at'),
    lineBytes: integer(row, 'line_bytes'),
    tokens: integer(row, 'tokens'),
    inputs: integer(row, 'inputs'),
  };
}

/** The columns of {@link toMember}. */
export const memberColumns = 'key, base, attempt, rounds, shareable, limited, cache_ttl, endpoint';

export function toMember(row: Row): Member {
  return {
    key: text(row, 'key') as RequestKey,
    isPrivate: row['base'] !== null,
    attempt: integer(row, 'attempt'),
    rounds: integer(row, 'rounds'),
    shareable: flag(row, 'shareable'),
    limited: flag(row, 'limited'),
    cacheTtl: integerOrNull(row, 'cache_ttl'),
    endpoint: text(row, 'endpoint') as BatchEndpoint,
  };
}

function factsOf(row: Row): Facts {
  return {
    ...toCandidate(row),
    base: textOrNull(row, 'base') as RequestKey | null,
    retry: integer(row, 'retry'),
    tenant: text(row, 'tenant') as TenantId,
    account: text(row, 'account') as AccountId,
    endpoint: text(row, 'endpoint') as BatchEndpoint,
    model: text(row, 'model'),
    group: text(row, 'group_id') as GroupId,
    shareable: flag(row, 'shareable'),
    limited: flag(row, 'limited'),
    cacheTtl: integerOrNull(row, 'cache_ttl'),
    asksAnew: flag(row, 'asks_anew'),
    attempt: integer(row, 'attempt'),
    rounds: integer(row, 'rounds'),
    outcome: row['outcome'] === null ? null : outcomeOf(row),
    reuseUntil: integerOrNull(row, 'reuse_until'),
  };
}

function outcomeOf(row: Row, facts = 'outcome', body = 'outcome_body'): Outcome {
  // Written by outcomeFacts.
  return { ...(JSON.parse(text(row, facts)) as Omit<Outcome, 'body'>), body: text(row, body) };
}

function keptOf(row: Row): KeptOutcome | null {
  if (row['kept_outcome'] === null) return null;
  return { outcome: outcomeOf(row, 'kept_outcome', 'kept_body'), reuseUntil: integer(row, 'kept_until') };
}

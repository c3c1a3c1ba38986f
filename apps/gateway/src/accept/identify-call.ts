/*
 * Which row a call asks for.
 *
 *   plain                                   the content key: everybody who asks the same shares the row
 *   no-store                                a private row; a retry first claims what an earlier attempt left
 *   Idempotency-Key                         the row that its record names, for as long as the record lives:
 *     - may take a shared answer              the content key
 *     - no-store, no-cache or unshareable     a private row of the key's own
 *
 * The record is durable before the row is. A record without a row means that the call did not come that far: the row is
 * then inserted under the recorded key.
 */
import { hash } from 'node:crypto';
import { type RequestKey } from '@batch-gpt/contracts';
import {
  type IdempotencyRecord,
  type IdempotencyStore,
  type RequestRecord,
  type RequestStore,
} from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { randomRequestKey } from '@batch-gpt/hashing';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Caller } from '../tenant-of.ts';
import { type Wishes } from '../wishes/read-wishes.ts';
import { type Within } from '../within.ts';
import { contentKey, type PreparedBody, type RowIdentity } from './prepare-request.ts';

/** An attempt that no `no-store` retry comes after: only its own name finds a named private row. */
const unclaimable = 1_000_000;

/** How long an `Idempotency-Key` stands for its call, in milliseconds. */
export const idempotencyTtl = 24 * 3600 * 1000;

/** A call's row, and whether the call names one that it made before. */
export interface CallIdentity extends RowIdentity {
  /** When the call that it repeats by its `Idempotency-Key` was made, in milliseconds since the epoch; null: it is none. */
  readonly repeatOf: number | null;
  /** Until when the row has to stay because an `Idempotency-Key` names it, in milliseconds since the epoch; else null. */
  readonly namedUntil: number | null;
}

export interface IdentifyDeps {
  readonly requests: Pick<RequestStore, 'claimPrivate' | 'keepUntil'>;
  readonly idempotency: Pick<IdempotencyStore, 'remember'>;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
}

type IdentityWishes = Pick<
  Wishes,
  'mode' | 'noStore' | 'noCache' | 'maxAgeMs' | 'retry' | 'idempotencyKey' | 'cacheTtlMs'
>;

/** Finds a call's row; throws AppError `idempotency_key_reused` for a key that came with another body. */
export async function identifyCall(
  deps: IdentifyDeps,
  caller: Caller,
  body: PreparedBody,
  wishes: IdentityWishes,
): Promise<CallIdentity> {
  const content = contentKey(caller, body);
  const asksAnew = wishes.noCache || wishes.maxAgeMs !== null;
  const cacheTtl = wishes.cacheTtlMs ?? caller.settings.cacheTtl;
  const shared = { key: content, base: null, retry: 0, cacheTtl, asksAnew };
  // What is only looked up is neither shared nor stored by this call.
  if (wishes.mode === 'cache') return nameless(shared);
  const { idempotencyKey: name, noStore, noCache, retry } = wishes;
  if (name === null) return nameless(noStore ? await claimed(deps, caller, content, retry) : shared);

  const ofItsOwn = noStore || noCache || !body.shareable;
  const { record, isNew } = await remember(deps, caller, name, { content, ofItsOwn });
  const row = record.key === content ? shared : named(record);
  return { ...row, repeatOf: isNew ? null : record.createdAt, namedUntil: record.expiresAt };
}

/**
 * Keeps a stored answer for as long as an `Idempotency-Key` names it: from removal, and from eviction, which passes over
 * rows for a day after their end only. So a name that comes first when the row has ended is always noted.
 */
export async function keepNamed(
  { requests, within }: Pick<IdentifyDeps, 'requests' | 'within'>,
  { namedUntil, repeatOf }: CallIdentity,
  record: RequestRecord,
): Promise<void> {
  if (namedUntil === null || record.state !== 'done') return;
  if (repeatOf !== null && record.expiresAt >= namedUntil) return;
  await within(requests.keepUntil([record.key], namedUntil));
}

const nameless = (row: RowIdentity): CallIdentity => ({ ...row, repeatOf: null, namedUntil: null });

/** Stays as long as its name can be used. */
const named = ({ key, content }: IdempotencyRecord): RowIdentity => ({
  key,
  base: content,
  retry: unclaimable,
  cacheTtl: idempotencyTtl,
  asksAnew: false,
});

async function remember(
  { idempotency, within, clock }: IdentifyDeps,
  { tenant }: Caller,
  name: string,
  { content, ofItsOwn }: { readonly content: RequestKey; readonly ofItsOwn: boolean },
): ReturnType<IdempotencyStore['remember']> {
  const createdAt = clock.now();
  const kept = await within(
    idempotency.remember({
      id: hash('sha256', `batch-gpt/idempotency/1:${tenant}:${name}`, 'hex'),
      tenant,
      content,
      key: ofItsOwn ? randomRequestKey({ tenant, base: content, salt: name }) : content,
      createdAt,
      expiresAt: createdAt + idempotencyTtl,
    }),
  );
  if (kept.record.content !== content) throw reused();
  return kept;
}

async function claimed(
  { requests, within }: IdentifyDeps,
  { tenant }: Caller,
  content: RequestKey,
  retry: number,
): Promise<RowIdentity> {
  const key = retry === 0 ? null : await within(requests.claimPrivate(tenant, content, retry));
  return { key: key ?? randomRequestKey(), base: content, retry, cacheTtl: null, asksAnew: false };
}

const reused = () =>
  new AppError(
    'idempotency_key_reused',
    'This Idempotency-Key was used for a call with another body less than 24 hours ago; use a new key for a new call.',
  );

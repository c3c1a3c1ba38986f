import { hash, randomBytes } from 'node:crypto';
import { type TenantId } from '@batch-gpt/contracts';

/** Our own name of a background response; the provider's ids are longer. */
const ours = /^resp_[0-9a-f]{32}$/;

/** A new id, unguessable. */
export const newResponseId = (): string => `resp_${randomBytes(16).toString('hex')}`;

/** The one id of a call that names itself, for as long as that name stands for it. */
export const namedResponseId = (tenant: TenantId, { key, until }: CallName): string =>
  `resp_${hash('sha256', `batch-gpt/background/1:${tenant}:${until}:${key}`, 'hex').slice(0, 32)}`;

/** An `Idempotency-Key`, and when it ends to stand for its call, which tells it from a later call with the same key. */
export interface CallName {
  readonly key: string;
  readonly until: number;
}

/** Whether a text may be one of our ids: spares the store a look for others. */
export const mayBeOurs = (id: unknown): id is string => typeof id === 'string' && ours.test(id);

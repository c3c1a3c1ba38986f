import { hash, randomBytes } from 'node:crypto';
import { requestKey, type BatchEndpoint, type RequestKey, type TenantId } from '@batch-gpt/contracts';

/** What a content key covers. */
export interface KeyContent {
  readonly tenant: TenantId;
  readonly endpoint: BatchEndpoint;
  /** The canonical body without the fields that do not count. */
  readonly hashedText: string;
}

/** The key of a request: SHA-256 over tenant, endpoint and text, each preceded by its length. */
export function requestKeyOf({ tenant, endpoint, hashedText }: KeyContent): RequestKey {
  return digest('content', [tenant, endpoint, hashedText]);
}

/** What the key of a private row covers when its caller named the call. */
export interface SaltedContent {
  readonly tenant: TenantId;
  /** Content key of the call. */
  readonly base: RequestKey;
  readonly salt: string;
}

/** A key for a private row: unguessable, or the same for the same salt of the same call. */
export function randomRequestKey(salted?: SaltedContent): RequestKey {
  if (salted === undefined) return requestKey.parse(randomBytes(32).toString('hex'));
  return digest('private', [salted.tenant, salted.base, salted.salt]);
}

/** Lengths before the parts make the framing unambiguous; the kind keeps the two sorts of key apart. */
function digest(kind: 'content' | 'private', parts: readonly string[]): RequestKey {
  const framed = parts.map((part) => `${part.length}:${part}`).join('');
  return hash('sha256', `batch-gpt/${kind}/1:${framed}`, 'hex') as RequestKey;
}

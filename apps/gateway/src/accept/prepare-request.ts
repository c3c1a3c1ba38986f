import { formatGroup, type BatchEndpoint, type RequestKey } from '@batch-gpt/contracts';
import {
  batchLineBytes,
  estimateTokens,
  streamWish,
  withModel,
  type Endpoint,
  type NewRequest,
  type RequestBody,
  type StreamWish,
} from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { canonicalJson, requestKeyOf } from '@batch-gpt/hashing';
import { type Owner } from '../tenant-of.ts';

/** A checked body in the two texts that matter. */
export interface PreparedBody {
  readonly endpoint: BatchEndpoint;
  readonly model: string;
  /** What the key covers. */
  readonly hashedText: string;
  /** What the provider gets. */
  readonly lineText: string;
  readonly inputs: number;
  readonly shareable: boolean;
  readonly sampled: boolean;
  readonly limited: boolean;
  /** The wish for a stream; null: an answer in one piece. */
  readonly stream: StreamWish | null;
}

/** Checks a parsed body against its endpoint; throws the refusal, an AppError with `param`. */
export function prepareBody(endpoint: Endpoint, value: unknown): PreparedBody {
  const body = withModel(endpoint, asObject(value));
  const refusal = endpoint.check(body);
  if (refusal !== null) throw refusal;
  const hashedText = canonicalJson(body, { omit: endpoint.unhashed });
  return {
    endpoint: endpoint.path,
    model: String(body['model']),
    hashedText,
    lineText: leftOut(endpoint, body) ? canonicalJson(body, { omit: endpoint.neverSent }) : hashedText,
    inputs: endpoint.countInputs(body),
    shareable: endpoint.isShareable(body),
    sampled: endpoint.isSampled(body),
    limited: endpoint.hasOutputLimit(body),
    stream: streamWish(endpoint, body),
  };
}

/** Whether the line has a field that the key does not cover. */
function leftOut({ unhashed, neverSent }: Endpoint, body: RequestBody): boolean {
  return Object.keys(body).some((name) => unhashed.has(name) && !neverSent.has(name));
}

function asObject(value: unknown): RequestBody {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as RequestBody;
  throw new AppError('invalid_request_body', 'The body of your request has to be a JSON object.');
}

/** The content key of a body for a caller. */
export function contentKey({ tenant }: Owner, { endpoint, hashedText }: PreparedBody): RequestKey {
  return requestKeyOf({ tenant, endpoint, hashedText });
}

/** What identifies a row beside its content. */
export interface RowIdentity {
  readonly key: RequestKey;
  /** Content key of a private row, else null. */
  readonly base: RequestKey | null;
  readonly retry: number;
  /** How long a success answers others, or on a private row its own call; null: as the deployment says. */
  readonly cacheTtl: number | null;
  /** Wants no stored outcome, in a row that others share. */
  readonly asksAnew: boolean;
}

/** The row to insert if this call is the first of its kind. */
export function newRequest(
  { key, base, retry, cacheTtl, asksAnew }: RowIdentity,
  { tenant, account }: Owner,
  body: PreparedBody,
  acceptedAt: number,
): NewRequest {
  const { endpoint, model, lineText, inputs, shareable, limited } = body;
  const bytes = Buffer.byteLength(lineText);
  return {
    key,
    base,
    retry,
    tenant,
    account,
    endpoint,
    model,
    group: formatGroup({ tenant, account, endpoint, model, split: '' }),
    body: lineText,
    lineBytes: batchLineBytes(endpoint, bytes),
    tokens: estimateTokens(bytes, endpoint),
    inputs,
    shareable,
    limited,
    cacheTtl,
    asksAnew,
    acceptedAt,
  };
}

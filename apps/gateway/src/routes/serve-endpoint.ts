import { type Endpoint, type RequestStore, type StreamWish } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { parseJson, randomRequestKey } from '@batch-gpt/hashing';
import { type Metrics } from '@batch-gpt/metrics';
import { type Request, type Response } from 'express';
import { type Acceptance, type Acceptor, type Call } from '../accept/accept-request.ts';
import { type Admission, type Permit } from '../accept/admission.ts';
import { contentKey, newRequest, prepareBody, type PreparedBody, type RowIdentity } from '../accept/prepare-request.ts';
import { type Within } from '../within.ts';
import { type GatewayClock } from '../gateway-clock.ts';
import { cacheHeaders, type Headers } from '../respond/answer-headers.ts';
import { type Responder, type Waiting } from '../respond/respond-with-outcome.ts';
import { type Caller, type TenantOf } from '../tenant-of.ts';
import { checkMode, checkModel, usualMode } from '../tenants/check-permissions.ts';
import { readWishes, type ServingMode, type Wishes } from '../wishes/read-wishes.ts';
import { bodyTooLarge, readBody } from './read-body.ts';

export interface ServeEndpointDeps {
  readonly requests: Pick<RequestStore, 'claimPrivate'>;
  readonly admission: Admission;
  readonly acceptor: Acceptor;
  readonly responder: Responder;
  readonly tenantOf: TenantOf;
  readonly within: Within;
  readonly clock: GatewayClock;
  readonly metrics: Metrics;
  readonly settings: {
    readonly mode: ServingMode;
    readonly maxBodyBytes: number;
    readonly maxJsonDepth: number;
  };
}

/** `POST` to a batched endpoint: accept the request, then respond in the way that the call chose. */
export function createServeEndpoint(endpoint: Endpoint, deps: ServeEndpointDeps) {
  const { admission, responder, tenantOf, settings } = deps;

  return async (req: Request, res: Response): Promise<void> => {
    const caller = tenantOf(req);
    const wishes = readWishes(req.headers, usualMode(caller, settings.mode));
    checkMode(caller, wishes.mode);
    using permit = admission.enter();
    // Apart from what follows: whoever waits, perhaps for hours, must not hold on to its body.
    const { acceptance, waiting, headers, stream } = await acceptCall({ req, res, wishes, permit, caller });
    try {
      permit.clear();
      if (acceptance.kind === 'hit') {
        await responder.respond({ res, record: acceptance.record, headers, stream }, acceptance.outcome);
      } else if (acceptance.kind === 'absent') throw notCached(res, headers);
      else if (waiting === null) await responder.respondAccepted(res, acceptance.record, wishes.applied, headers);
      else await waiting.hold({ req, acceptance, wishes, headers, stream, settings: caller.settings });
    } finally {
      waiting?.release();
    }
  };

  async function acceptCall({ req, res, wishes, permit, caller }: Incoming): Promise<Accepted> {
    const { acceptor, clock } = deps;
    const body = await readPrepared(endpoint, { req, res, permit, settings });
    checkModel(caller, body.model);
    const { stream } = body;
    const identity = await identify(deps, caller, body, wishes);
    const recalled = acceptor.recall(identity.key, reuseOf(wishes));
    if (recalled !== null) {
      deps.metrics.cacheLookups.inc({ result: 'hot' });
      return { acceptance: recalled, waiting: null, headers: cacheHeaders(recalled, false, clock.now()), stream };
    }
    const waiting = wishes.mode === 'sync' ? responder.wait(identity.key, res) : null;
    try {
      const acceptance = await acceptor.accept(callOf(newRequest(identity, caller, body, clock.now()), wishes));
      count(deps.metrics, endpoint, wishes, acceptance);
      return { acceptance, waiting, headers: cacheHeaders(acceptance, identity.base !== null, clock.now()), stream };
    } catch (error) {
      waiting?.release();
      throw error;
    }
  }
}

interface Incoming {
  readonly req: Request;
  readonly res: Response;
  readonly wishes: Wishes;
  readonly permit: Permit;
  readonly caller: Caller;
}

interface Accepted {
  readonly acceptance: Acceptance;
  /** Registered before the key was looked up, for calls that may be held. */
  readonly waiting: Waiting | null;
  readonly headers: Headers;
  readonly stream: StreamWish | null;
}

interface ReadPrepared extends Pick<Incoming, 'req' | 'res' | 'permit'> {
  readonly settings: ServeEndpointDeps['settings'];
}

async function readPrepared(endpoint: Endpoint, { settings, ...incoming }: ReadPrepared): Promise<PreparedBody> {
  const { maxBodyBytes, maxJsonDepth } = settings;
  const text = await readBody({ ...incoming, maxBytes: maxBodyBytes });
  const body = prepareBody(endpoint, parseJson(text, { maxDepth: maxJsonDepth }));
  // The canonical text may be longer than the body, and what one store cannot keep would fail its whole tick.
  if (Buffer.byteLength(body.lineText) > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
  return body;
}

function callOf(request: Call['request'], wishes: Wishes): Call {
  return { request, reuse: reuseOf(wishes), mayEnqueue: wishes.mode !== 'cache' };
}

const reuseOf = ({ noCache, maxAgeMs, retry }: Wishes): Call['reuse'] => ({ noCache, maxAgeMs, isRetry: retry > 0 });

/** The content key, or for `no-store` a private one; its retries first claim what an earlier attempt left. */
async function identify(
  { requests, within }: ServeEndpointDeps,
  caller: Caller,
  body: PreparedBody,
  { noStore, retry, idempotencyKey, mode }: Wishes,
): Promise<RowIdentity> {
  const { tenant } = caller;
  const base = contentKey(caller, body);
  // What is only looked up is neither shared nor stored by this call.
  if (!noStore || mode === 'cache') return { key: base, base: null, retry: 0 };
  if (idempotencyKey !== null) return { key: randomRequestKey({ tenant, base, salt: idempotencyKey }), base, retry };
  const claimed = retry === 0 ? null : requests.claimPrivate(tenant, base, retry);
  const key = claimed === null ? null : await within(claimed);
  return { key: key ?? randomRequestKey(), base, retry };
}

function count(metrics: Metrics, { path }: Endpoint, { mode }: Wishes, acceptance: Acceptance): void {
  metrics.cacheLookups.inc({ result: acceptance.kind === 'hit' ? 'hit' : 'miss' });
  if (acceptance.kind !== 'pending') return;
  if (acceptance.collapsed) metrics.dedupHits.inc();
  else metrics.requestsAccepted.inc({ endpoint: path, mode });
}

function notCached(res: Response, headers: Headers): AppError {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  return new AppError('not_cached', 'No stored answer for this request, and this call asks for nothing else.');
}

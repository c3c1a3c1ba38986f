import { type Endpoint, type IdempotencyStore, type RequestStore, type StreamWish } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { canonicalJson, parseJson } from '@batch-gpt/hashing';
import { type Metrics } from '@batch-gpt/metrics';
import { type Request, type Response } from 'express';
import { type Acceptance, type Acceptor, type Call } from '../accept/accept-request.ts';
import { answerBytes, type Admission, type Permit } from '../accept/admission.ts';
import { type NamePrevious } from '../background/previous-response.ts';
import { keptForPolling, withoutHold, type RespondInBackground } from '../background/respond-in-background.ts';
import { echoOf, type JsonObject } from '../background/response-echo.ts';
import { type CallName } from '../background/response-id.ts';
import { identifyCall, keepNamed, type CallIdentity } from '../accept/identify-call.ts';
import { newRequest, prepareBody, type PreparedBody } from '../accept/prepare-request.ts';
import { type Within } from '../within.ts';
import { type GatewayClock } from '../gateway-clock.ts';
import { checkBatchedBody } from '../relay/check-relayed-body.ts';
import { type Relay } from '../relay/create-relay.ts';
import { type Ownership } from '../relay/ownership.ts';
import { noRealtime, wantsRealtime } from '../relay/realtime-wish.ts';
import { cacheHeaders, type Headers } from '../respond/answer-headers.ts';
import { type Responder, type Waiting } from '../respond/respond-with-outcome.ts';
import { type Caller, type TenantOf } from '../tenant-of.ts';
import { countAcceptance, type CountOutcome } from '../usage/count-acceptance.ts';
import { type CallCounts } from '../usage/count-calls.ts';
import { checkMode, checkModel, usualMode, withoutHandle } from '../tenants/check-permissions.ts';
import { type TellRates } from '../tenants/tell-rates.ts';
import { readWishes, type ServingMode, type Wishes } from '../wishes/read-wishes.ts';
import { bodyTooLarge, readBody } from './read-body.ts';

export interface ServeEndpointDeps {
  readonly requests: Pick<RequestStore, 'claimPrivate' | 'keepUntil'>;
  readonly idempotency: Pick<IdempotencyStore, 'remember'>;
  readonly admission: Admission;
  readonly acceptor: Acceptor;
  readonly tellRates: TellRates;
  readonly responder: Responder;
  readonly respondInBackground: RespondInBackground;
  readonly namePrevious: NamePrevious;
  readonly tenantOf: TenantOf;
  /** For calls that do not want to wait for a batch; null where nothing is relayed. */
  readonly relay: Pick<Relay, 'serveRealtime'> | null;
  readonly ownership: Pick<Ownership, 'ownedAmong' | 'foreignAmong' | 'sharesAccount'>;
  readonly within: Within;
  readonly clock: GatewayClock;
  readonly metrics: Metrics;
  readonly counts: CallCounts;
  readonly settings: {
    readonly mode: ServingMode;
    readonly maxBodyBytes: number;
    readonly maxJsonDepth: number;
    /** Whether sampled answers are shared like any other. */
    readonly cacheSampled: boolean;
  };
}

/** `POST` to a batched endpoint: accept the request, then respond in the way that the call chose. */
export function createServeEndpoint(endpoint: Endpoint, deps: ServeEndpointDeps) {
  const { admission, responder, tenantOf, ownership, settings } = deps;

  return async (req: Request, res: Response): Promise<void> => {
    const caller = tenantOf(req);
    const wishes = withoutHandle(caller, readWishes(req.headers, usualMode(caller, settings.mode)));
    using permit = admission.enter(caller);
    // Apart from what follows: whoever waits, perhaps for hours, must not hold on to its body.
    const accepted = await acceptCall({ req, res, wishes, permit, caller }).finally(() => deps.tellRates(res, caller));
    if (accepted === null) return;
    const { acceptance, waiting, headers, stream, echo, name, countOutcome } = accepted;
    try {
      permit.clear();
      if (acceptance.kind === 'absent') throw notCached(res, headers);
      if (acceptance.kind === 'hit') permit.grow(answerBytes(acceptance.outcome.body));
      if (echo !== null) {
        const answering = { req, res, headers, isStreamed: stream !== null, permit };
        await deps.respondInBackground(answering, { caller, acceptance, echo, noStore: wishes.noStore, name });
      } else if (acceptance.kind === 'hit') {
        await responder.respond({ res, record: acceptance.record, headers, stream }, acceptance.outcome);
      } else if (waiting === null) await responder.respondAccepted(res, acceptance.record, wishes.applied, headers);
      else {
        const { settings: own } = caller;
        await waiting.hold({ req, acceptance, wishes, headers, stream, settings: own, countOutcome, permit });
      }
    } finally {
      waiting?.release();
    }
  };

  /** Null for a call that was sent past the batches, and has been answered. */
  async function acceptCall({ req, res, permit, caller, ...incoming }: Incoming): Promise<Accepted | null> {
    const { acceptor, clock } = deps;
    const text = await readBody({ req, res, permit, maxBytes: settings.maxBodyBytes });
    const value = parseJson(text, { maxDepth: settings.maxJsonDepth });
    if (wantsRealtime(req.headers, value)) {
      if (deps.relay === null) throw noRealtime();
      const named = await deps.namePrevious(endpoint, caller, value);
      const sent = named === value ? text : canonicalJson(named);
      await deps.relay.serveRealtime({ req, res, caller, endpoint, text: sent, body: value });
      return null;
    }
    const echo = echoOf(endpoint, value);
    const wishes = echo === null ? incoming.wishes : withoutHold(incoming.wishes);
    checkMode(caller, wishes.mode);
    const body = prepare(endpoint, await deps.namePrevious(endpoint, caller, value), settings);
    checkModel(caller, body.model);
    // What refers to something at the provider is never shareable.
    if (!body.shareable)
      await checkBatchedBody(value, { caller, ownership, isShared: ownership.sharesAccount(caller) });
    const { stream } = body;
    const alone = body.sampled && !settings.cacheSampled;
    const identity = await identifyCall(deps, caller, body, alone ? { ...wishes, noStore: true } : wishes);
    const name = nameOf(wishes, identity);
    const reuse = reuseOf(wishes, identity);
    const madeBefore = wishes.retry > 0 || identity.repeatOf !== null;
    const accepted = async (acceptance: Acceptance, waiting: Waiting | null): Promise<Accepted> => {
      if (acceptance.kind === 'hit') await keepNamed(deps, identity, acceptance.record);
      const countOutcome = countAcceptance(deps.counts, acceptance, madeBefore);
      const told = cacheHeaders(acceptance, identity.base !== null, clock.now());
      return { acceptance, waiting, headers: told, stream, echo, name, countOutcome };
    };
    const recalled = acceptor.recall(identity.key, reuse);
    if (recalled !== null) {
      deps.metrics.cacheLookups.inc({ result: 'hot' });
      return accepted(recalled, null);
    }
    const waiting = wishes.mode === 'sync' ? responder.wait(identity.key, res) : null;
    try {
      const acceptance = await acceptor.accept({
        caller,
        request: newRequest(echo === null ? identity : keptForPolling(identity), caller, body, clock.now()),
        reuse,
        mayEnqueue: wishes.mode !== 'cache',
      });
      count(deps.metrics, endpoint, wishes, acceptance);
      return await accepted(acceptance, waiting);
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
  /** For a call in the background: what its response repeats of it. */
  readonly echo: JsonObject | null;
  readonly countOutcome: CountOutcome;
  readonly name: CallName | null;
}

function prepare(
  endpoint: Endpoint,
  value: unknown,
  { maxBodyBytes }: Pick<ServeEndpointDeps['settings'], 'maxBodyBytes'>,
): PreparedBody {
  const body = prepareBody(endpoint, value);
  // The canonical text may be longer than the body, and what one store cannot keep would fail its whole tick.
  if (Buffer.byteLength(body.lineText) > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
  return body;
}

const reuseOf = ({ noCache, maxAgeMs, retry }: Wishes, { repeatOf }: CallIdentity): Call['reuse'] => ({
  noCache,
  maxAgeMs,
  isRetry: retry > 0,
  repeatOf,
});

const nameOf = ({ idempotencyKey: key }: Wishes, { namedUntil: until }: CallIdentity): CallName | null =>
  key === null || until === null ? null : { key, until };

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

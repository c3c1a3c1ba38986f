import {
  type AcceptedSignals,
  type BatchNews,
  type BatchStore,
  type CallRates,
  type EndedSignals,
  type FailedLines,
  type IdempotencyStore,
  type Ledger,
  type LiveProcesses,
  type OutcomeAnnouncer,
  type OutcomeCache,
  type OwnedIdStore,
  type PriceList,
  type RequestListing,
  type RequestRecord,
  type RequestSearch,
  type RequestStore,
  type TenantUsage,
  type WindowBells,
  type WorkOverview,
} from '@batch-gpt/domain';
import { type Accounts } from '@batch-gpt/accounts';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type Metrics } from '@batch-gpt/metrics';
import { type RequestKey, type TenantId } from '@batch-gpt/contracts';
import { type Express } from 'express';
import { createAcceptor } from './accept/accept-request.ts';
import { createAdmission } from './accept/admission.ts';
import { createHotOutcomes } from './accept/hot-outcomes.ts';
import { createAnnouncer } from './accept/announce-accepted.ts';
import { createApp, type AppDeps } from './app.ts';
import { createBackgroundResponses } from './background/background-responses.ts';
import { noteShown } from './background/note-shown.ts';
import { createNamePrevious } from './background/previous-response.ts';
import { createRespondInBackground } from './background/respond-in-background.ts';
import { createStreamResponse } from './background/stream-response.ts';
import { composeDashboard } from './dashboard/compose-dashboard.ts';
import { type GatewayClock } from './gateway-clock.ts';
import { type HoldSettings } from './hold/hold-plan.ts';
import { createRequestDescriber } from './objects/describe-request.ts';
import { createRecentTurnarounds } from './objects/recent-turnarounds.ts';
import { composeOperator } from './operator/compose-operator.ts';
import { type Dependencies } from './operator/read-dependencies.ts';
import { createLimitRelayed } from './relay/limit-relayed.ts';
import { createNoteResponse } from './relay/note-response.ts';
import { openRelay, type RelaySettings } from './relay/open-relay.ts';
import { createTurns } from './replay/take-turns.ts';
import { type Pace } from './replay/write-events.ts';
import { isCollected } from './respond/find-troubles.ts';
import { noteDeliveries } from './respond/note-deliveries.ts';
import { createResponder } from './respond/respond-with-outcome.ts';
import { createWaiters } from './respond/waiters.ts';
import { watchOutcomes, type OutcomeWatch } from './respond/watch-outcomes.ts';
import { createCancelRequest } from './routes/cancel-request.ts';
import { type ServeEndpointDeps } from './routes/serve-endpoint.ts';
import { createAuthentication } from './middleware/authenticate.ts';
import { createNewWorkLimits } from './tenants/limit-new-work.ts';
import { createToldRates } from './tenants/tell-rates.ts';
import { createCallCounts } from './usage/count-calls.ts';
import { type ApiKeys } from './tenants/watch-api-keys.ts';
import { tellStoreTrouble } from './tell-store-trouble.ts';
import { createWithin } from './within.ts';

/** The ports and settings that a gateway runs on. */
export interface GatewayParts {
  readonly requests: RequestStore;
  readonly idempotency: IdempotencyStore;
  readonly cache: OutcomeCache;
  readonly listing: RequestListing;
  readonly ownedIds: OwnedIdStore;
  readonly batches: BatchStore;
  /** For the limits of tenants, like the rates and prices. */
  readonly usage: TenantUsage;
  readonly ledger: Ledger;
  readonly callRates: CallRates;
  /** For operators, like the processes, bells and dependencies. */
  readonly search: RequestSearch;
  readonly overview: WorkOverview;
  readonly failedLines: FailedLines;
  readonly processes: Pick<LiveProcesses, 'list'>;
  readonly bells: Pick<WindowBells, 'ring'>;
  readonly dependencies: Dependencies;
  readonly prices: PriceList;
  readonly accepted: AcceptedSignals;
  readonly ended: EndedSignals;
  /** Tells every gateway, this one included, that these keys have changed. */
  readonly announcer: OutcomeAnnouncer;
  readonly news: BatchNews;
  readonly clock: GatewayClock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly hold: HoldSettings & { readonly sweepEvery: number };
  readonly serving: ServeEndpointDeps['settings'] & {
    readonly maxCalls: number;
    readonly maxBytes: number;
    /** How long the store may take for one call, in milliseconds. */
    readonly storeDeadline: number;
    readonly hotBytes: number;
    readonly hotMaxAge: number;
  };
  /** What is told of requests that nobody waits for, in milliseconds. */
  readonly handles: { readonly window: number; readonly responseTtl: number; readonly failureTtl: number };
  /** How those are recognized who are no callers; null: they are not let in, or operators from this machine only. */
  readonly trust: Pick<AppDeps, 'verifyWebhook' | 'adminToken' | 'corsOrigins'>;
  /** Where the built dashboard is; null switches it off. */
  readonly dashboardDir: string | null;
  /** Who pays. */
  readonly accounts: Accounts;
  readonly relay: RelaySettings;
  /** Who may call; null: everybody, as the one tenant. */
  readonly apiKeys: ApiKeys | null;
}

/** A gateway without its sockets. */
export interface Gateway extends AsyncDisposable {
  readonly app: Express;
  /** To be told of outcomes and lost announcements. */
  readonly outcomes: Pick<OutcomeWatch, 'look' | 'resync'>;
  /** Calls that are open now. */
  readonly openCalls: () => number;
  /** Ends the event streams of operators, which would otherwise never end. */
  readonly endStreams: () => void;
  /** Answers every waiting connection, and every later one, with a retryable error. */
  drain(): void;
}

/** Wires the gateway's parts; disposal waits for what is being written. */
export function composeGateway(parts: GatewayParts): Gateway {
  const { requests, batches, announcer, ended, news, clock, logger, metrics, hold, serving, handles } = parts;
  const within = tellStoreTrouble(createWithin(serving.storeDeadline, clock), clock, logger);
  const stack = new AsyncDisposableStack();
  // Waiters and watch need each other: a waiter that was armed late asks for a look.
  const recheck = (key: RequestKey) => outcomes.look([key]);
  const { sweepEvery } = hold;
  // Younger rows wait for the announcement or the sweep, like everybody's.
  const suspects = (record: RequestRecord) => isCollected(record) && clock.now() - record.collectedAt >= sweepEvery;
  const waiters = createWaiters({ monotonic: () => clock.monotonic(), recheck, suspects });
  const { maxCalls, maxBytes } = serving;
  const admission = createAdmission({ maxCalls, maxBytes });
  const { allServed } = admission;
  const outcomes = stack.use(
    watchOutcomes({ requests, batches, waiters, allServed, within, clock, logger, sweepEvery }),
  );
  const deliveries = stack.use(noteDeliveries({ requests, within, logger }));
  const counts = stack.use(createCallCounts({ ledger: parts.ledger, within, clock, logger }));
  const { announce } = stack.use(createAnnouncer(parts.accepted, logger));
  const pace: Pace = { after: (ms, run) => clock.after(ms, run), takeTurn: createTurns() };
  const monotonic = () => clock.monotonic();
  const hot = createHotOutcomes({ maxBytes: serving.hotBytes, maxAge: serving.hotMaxAge, monotonic });
  const { usage, prices } = parts;
  const rates = createToldRates(parts.callRates, clock);
  const limitNewWork = createNewWorkLimits({ usage, rates, prices, within, clock, logger });
  const acceptor = stack.use(
    createAcceptor({ requests, announce, limitNewWork, hot, deliveries, clock, within, maxWaiting: maxCalls }),
  );
  // Another gateway may have asked anew: whatever was kept of these keys is old.
  const look = (keys: readonly RequestKey[]) => {
    hot.drop(keys);
    outcomes.look(keys);
  };
  const turnarounds = createRecentTurnarounds({ batches, within, clock });
  const describer = createRequestDescriber({ batches, turnarounds, within, clock, window: handles.window });
  const { failureTtl, responseTtl } = handles;
  const cancelRequest = createCancelRequest({ requests, announcer, look, within, clock, logger, failureTtl });
  const { accounts, apiKeys, ownedIds } = parts;
  const accountOf = (tenant: TenantId) => payerOf(accounts, tenant);
  const authentication = createAuthentication({ keys: apiKeys, accountOf, clock });
  const relay = stack.use(
    openRelay({
      ...{
        ownedIds,
        accounts,
        admission,
        within,
        clock,
        logger,
        metrics,
        counts,
        relay: parts.relay,
        settings: serving,
      },
      tenantOf: authentication.tenantOf,
      limitRelayed: createLimitRelayed(limitNewWork),
      isOpen: apiKeys === null,
    }),
  );
  const { search, overview, failedLines, ledger, processes, bells, dependencies, accepted } = parts;
  const operator = composeOperator({
    ...{
      requests,
      batches,
      search,
      overview,
      failedLines,
      ledger,
      processes,
      bells,
      dependencies,
      accepted,
      announcer,
      news,
    },
    ...{ describer, turnarounds, prices, admission, maxCalls, look, within, clock, logger },
    ...{ metrics, pace, window: handles.window },
  });
  const noteResponse = createNoteResponse(relay.ownership);
  const backgroundResponses = noteShown(
    createBackgroundResponses({ ownedIds, requests, batches, cancelRequest, within, clock, responseTtl }),
    noteResponse,
  );
  const streamed = { responses: backgroundResponses, waiters, deliveries, hold, pace, clock, metrics };
  const streamResponse = createStreamResponse(streamed);
  stack.defer(() => operator.streams.end());
  const app = createApp({
    ...composeDashboard({ adminToken: parts.trust.adminToken, siteDir: parts.dashboardDir, clock }),
    ...authentication,
    ...relay,
    requests,
    idempotency: parts.idempotency,
    cache: parts.cache,
    announcer,
    operator: operator.routes,
    audit: operator.audit,
    listing: parts.listing,
    describer,
    cancelRequest,
    backgroundResponses,
    streamResponse,
    respondInBackground: createRespondInBackground(backgroundResponses, streamResponse, deliveries),
    namePrevious: createNamePrevious(backgroundResponses),
    batches,
    admission,
    acceptor,
    tellRates: rates.tell,
    counts,
    usage,
    ledger: parts.ledger,
    prices,
    responder: createResponder({ describer, waiters, deliveries, noteResponse, pace, clock, metrics, hold }),
    noteResponse,
    deliveries,
    pace,
    reads: createAdmission({ maxCalls, maxBytes }),
    within,
    clock,
    logger,
    metrics,
    ended,
    news,
    ...parts.trust,
    settings: serving,
  });
  return {
    app,
    outcomes: { look, resync: () => outcomes.resync() },
    openCalls: () => admission.open,
    endStreams: () => operator.streams.end(),
    drain: () => {
      waiters.drain();
      relay.drain();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function payerOf(accounts: Accounts, tenant: TenantId) {
  const account = accounts.accountOf(tenant);
  if (account === null) throw new AppError('account_missing', `No provider account pays for the tenant '${tenant}'.`);
  return account.name;
}

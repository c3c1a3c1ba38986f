import {
  type AcceptedSignals,
  type BatchNews,
  type BatchStore,
  type EndedSignals,
  type RequestRecord,
  type RequestStore,
} from '@batch-gpt/domain';
import { type Logger } from '@batch-gpt/logging';
import { type Metrics } from '@batch-gpt/metrics';
import { accountId, type RequestKey } from '@batch-gpt/contracts';
import { type Express } from 'express';
import { createAcceptor } from './accept/accept-request.ts';
import { createAdmission } from './accept/admission.ts';
import { createHotOutcomes } from './accept/hot-outcomes.ts';
import { createAnnouncer } from './accept/announce-accepted.ts';
import { createApp, type AppDeps } from './app.ts';
import { type GatewayClock } from './gateway-clock.ts';
import { type HoldSettings } from './hold/hold-plan.ts';
import { isCollected } from './respond/find-troubles.ts';
import { noteDeliveries } from './respond/note-deliveries.ts';
import { createResponder } from './respond/respond-with-outcome.ts';
import { createWaiters } from './respond/waiters.ts';
import { watchOutcomes, type OutcomeWatch } from './respond/watch-outcomes.ts';
import { type ServeEndpointDeps } from './routes/serve-endpoint.ts';
import { createAuthentication } from './middleware/authenticate.ts';
import { type ApiKeys } from './tenants/watch-api-keys.ts';
import { tellStoreTrouble } from './tell-store-trouble.ts';
import { createWithin } from './within.ts';

/** The ports and settings that a gateway runs on. */
export interface GatewayParts {
  readonly requests: RequestStore;
  readonly batches: BatchStore;
  readonly accepted: AcceptedSignals;
  readonly ended: EndedSignals;
  readonly news: BatchNews;
  readonly clock: GatewayClock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly hold: HoldSettings & { readonly sweepEvery: number };
  readonly serving: ServeEndpointDeps['settings'] & {
    readonly account: string;
    readonly maxCalls: number;
    readonly maxBytes: number;
    /** How long the store may take for one call, in milliseconds. */
    readonly storeDeadline: number;
    readonly hotBytes: number;
    readonly hotMaxAge: number;
  };
  /** How those are recognized who are no callers; null: they are not let in, or operators from this machine only. */
  readonly trust: Pick<AppDeps, 'verifyWebhook' | 'adminToken' | 'corsOrigins'>;
  /** Who may call; null: everybody, as the one tenant. */
  readonly apiKeys: ApiKeys | null;
}

/** A gateway without its sockets. */
export interface Gateway extends AsyncDisposable {
  readonly app: Express;
  /** To be told of outcomes and lost announcements. */
  readonly outcomes: Pick<OutcomeWatch, 'look' | 'resync'>;
  /** Answers every waiting connection, and every later one, with a retryable error. */
  drain(): void;
}

/** Wires the gateway's parts; disposal waits for what is being written. */
export function composeGateway(parts: GatewayParts): Gateway {
  const { requests, batches, ended, news, clock, logger, metrics, hold, serving } = parts;
  const within = tellStoreTrouble(createWithin(serving.storeDeadline, clock), clock, logger);
  const stack = new AsyncDisposableStack();
  // Waiters and watch need each other: a waiter that was armed late asks for a look.
  const recheck = (key: RequestKey) => outcomes.look([key]);
  const { sweepEvery } = hold;
  // Younger rows wait for the announcement or the sweep, like everybody's.
  const suspects = (record: RequestRecord) => isCollected(record) && clock.now() - record.collectedAt >= sweepEvery;
  const waiters = createWaiters({ monotonic: () => clock.monotonic(), recheck, suspects });
  const outcomes = stack.use(watchOutcomes({ requests, batches, waiters, within, clock, logger, sweepEvery }));
  const deliveries = stack.use(noteDeliveries({ requests, within, logger }));
  const { announce } = stack.use(createAnnouncer(parts.accepted, logger));
  const { maxCalls, maxBytes, account } = serving;
  const monotonic = () => clock.monotonic();
  const hot = createHotOutcomes({ maxBytes: serving.hotBytes, maxAge: serving.hotMaxAge, monotonic });
  const acceptor = stack.use(createAcceptor({ requests, announce, hot, clock, within, maxWaiting: maxCalls }));
  const payer = accountId.parse(account);
  const app = createApp({
    ...createAuthentication({ keys: parts.apiKeys, accountOf: () => payer, clock }),
    requests,
    batches,
    admission: createAdmission({ maxCalls, maxBytes }),
    acceptor,
    responder: createResponder({ batches, waiters, deliveries, within, clock, metrics, hold }),
    deliveries,
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
    outcomes: {
      // Another gateway may have asked anew: whatever was kept of these keys is old.
      look: (keys) => {
        hot.drop(keys);
        outcomes.look(keys);
      },
      resync: () => outcomes.resync(),
    },
    drain: () => waiters.drain(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { watchAccounts } from '@batch-gpt/accounts';
import { accountId, type LiveProcess } from '@batch-gpt/contracts';
import {
  createInterval,
  createOpsServer,
  reportDependencies,
  type Ping,
  type Readiness,
  type Service,
} from '@batch-gpt/lifecycle';
import { createLogger } from '@batch-gpt/logging';
import { createMetrics, type Metrics } from '@batch-gpt/metrics';
import { announceProcess, createOutcomeSubscriber, createSignals } from '@batch-gpt/queue';
import { openStores } from '@batch-gpt/stores';
import { openApiServer } from './api-server.ts';
import { composeGateway } from './compose-gateway.ts';
import { type GatewayConfig } from './config.ts';
import { systemClock as clock } from './gateway-clock.ts';
import { openApiKeys } from './tenants/open-api-keys.ts';
import { openPrices } from './tenants/open-prices.ts';
import { createWebhookVerifier } from './webhooks/verify-webhook.ts';

const version = '0.1.0';

/** Builds the gateway: what it needs first, its API last, so that disposal drains the API first. */
export async function createGateway(
  config: GatewayConfig,
  signal: AbortSignal,
  settings: LiveProcess['settings'] = [],
): Promise<Service> {
  const { ops, hold, handles, serving, trust } = config;
  await using starting = new AsyncDisposableStack();
  const logger = starting.use(createLogger({ service: 'gateway', ...config.log }));
  const metrics = starting.adopt(createMetrics({ service: 'gateway', version }), (all) => all.dispose());
  const apiKeys = starting.use(await openApiKeys(config.apiKeys, logger));
  const prices = await openPrices(config.prices.file);
  const accounts = starting.use(await watchAccounts(config.accounts, logger));
  const stores = starting.use(await openStores({ store: config.store, logger }));
  const redisUrl = config.redis.url.reveal();
  const signals = starting.use(createSignals({ redisUrl, logger, sweepEveryMs: hold.signalSweepEvery }));
  // Away is no reason not to start; evicting keys is.
  await signals.fitness();

  const pings = { store: () => stores.ping(), redis: () => signals.ping() };
  const ready = () => readiness(metrics, pings);
  metrics.onScrape(async () => {
    await reportDependencies(metrics, pings);
  });
  starting.use(await createOpsServer({ ...ops, metrics, logger, signal, ready }));

  const { requests, batches, idempotency, cache, listing, ownedIds, search, overview, failedLines } = stores;
  const { accepted, ended, news, outcomes: announcer, processes, bells } = signals;
  const maxBodyBytes = Math.min(serving.maxBodyBytes, stores.maxTextBytes);
  if (maxBodyBytes < serving.maxBodyBytes) logger.warn('the store keeps smaller bodies than allowed', { maxBodyBytes });
  const inVariables = { name: accountId.parse(config.accounts.single.name), webhookSecret: trust.webhookSecret };
  const verifyWebhook = createWebhookVerifier(() => [inVariables, ...accounts.all]);
  const gateway = starting.use(
    composeGateway({
      requests,
      batches,
      idempotency,
      cache,
      listing,
      ownedIds,
      accepted,
      ended,
      announcer,
      news,
      clock,
      logger,
      metrics,
      hold,
      handles,
      serving: { ...serving, maxBodyBytes },
      trust: { ...trust, verifyWebhook },
      apiKeys,
      ...{ search, overview, failedLines, processes, bells },
      dependencies: { store: () => stores.ping(), redis: () => signals.ping() },
      usage: stores.usage,
      ledger: stores.ledger,
      callRates: signals.callRates,
      prices,
      accounts,
      relay: config.relay,
      dashboardDir: config.dashboardDir,
    }),
  );
  starting.use(
    createOutcomeSubscriber({
      redisUrl,
      logger,
      onKeys: (keys) => gateway.outcomes.look(keys),
      onResync: () => gateway.outcomes.resync(),
    }),
  );
  // Redis may come back empty, and the clock of the sweep with it: whoever notices starts it again.
  starting.use(createInterval(() => signals.sweeps.ensure(), hold.signalSweepEvery, logger, { immediate: true }));

  starting.use(
    announceProcess({
      ...{ id: `${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}`, service: 'gateway', version, settings },
      ...{ processes, logger, state: () => ({ heldConnections: gateway.openCalls() }) },
    }),
  );

  const { shutdownGraceMs } = ops;
  const { keepAlive } = hold;
  const { corsOrigins } = trust;
  const serverOptions = { keepAlive, corsOrigins, shutdownGrace: shutdownGraceMs };
  const api = await openApiServer({ ...config.listen, ...serverOptions, gateway, clock });
  starting.use(api);
  logger.info('listening', { port: api.port, host: config.listen.host, mode: serving.mode });

  const stack = starting.move();
  return { logger, shutdownGraceMs, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The store decides: without Redis requests are accepted all the same and found by the sweep. */
async function readiness(metrics: Metrics, pings: { readonly store: Ping; readonly redis: Ping }): Promise<Readiness> {
  const { store, redis } = await reportDependencies(metrics, pings);
  return { ok: store, checks: { store, redis: redis || 'away: accepting goes on' } };
}

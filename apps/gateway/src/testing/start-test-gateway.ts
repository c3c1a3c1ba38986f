import { randomBytes } from 'node:crypto';
import { createAccounts, type Account } from '@batch-gpt/accounts';
import { batchId, type RequestKey } from '@batch-gpt/contracts';
import {
  type KeepBodies,
  defaultRetention,
  keepUntil,
  openAiPrices,
  type Outcome,
  type OutcomeAnnouncer,
} from '@batch-gpt/domain';
import { silentLogger, type Logger } from '@batch-gpt/logging';
import { createMetrics } from '@batch-gpt/metrics';
import { createMemoryCallRates, createMemorySignals, createMemoryStores, sampleTime } from '@batch-gpt/testing';
import { openApiServer, type ApiServerOptions } from '../api-server.ts';
import { composeGateway, type GatewayParts } from '../compose-gateway.ts';
import { createWebhookVerifier } from '../webhooks/verify-webhook.ts';
import { sampleProviderAccount } from './sample-provider-account.ts';
import { createManualGatewayClock } from './manual-gateway-clock.ts';

export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;

export interface TestGatewayOptions {
  readonly serving?: Partial<GatewayParts['serving']>;
  readonly hold?: Partial<GatewayParts['hold']>;
  readonly shutdownGrace?: number;
  readonly patience?: Partial<Pick<ApiServerOptions, 'keepAlive' | 'headersTimeout' | 'requestTimeout'>>;
  readonly trust?: Partial<GatewayParts['trust']>;
  readonly dashboardDir?: string;
  readonly apiKeys?: GatewayParts['apiKeys'];
  readonly accounts?: readonly Account[];
  readonly prices?: GatewayParts['prices'];
  readonly relay?: Partial<GatewayParts['relay']>;
  readonly logger?: Logger;
  readonly keepRequestBodies?: KeepBodies;
}

const serving: GatewayParts['serving'] = {
  mode: 'sync',
  maxBodyBytes: 100_000,
  maxJsonDepth: 64,
  cacheSampled: true,
  maxCalls: 1000,
  maxBytes: 10_000_000,
  hotBytes: 1_000_000,
  hotMaxAge: 30_000,
  storeDeadline: 5000,
};
const hold: GatewayParts['hold'] = {
  max: 570_000,
  begunMax: 86_400_000,
  json: 'interim',
  interimAfter: 15_000,
  interimEvery: 15_000,
  bodyAfter: 5000,
  bodyEvery: 15_000,
  streamAfter: 5000,
  streamEvery: 15_000,
  sweepEvery: 10_000,
};

const relay: GatewayParts['relay'] = {
  on: false,
  maxCalls: 100,
  connectTimeout: 10_000,
  answerTimeout: 600_000,
  idleTimeout: 300_000,
  modelsMaxAge: 60_000,
};

/** Turn by turn of the event loop, so that nothing is waited for longer than it takes; the bound is for what never comes. */
async function soon(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() >= deadline) throw new Error(`so many requests were never ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The real gateway on a port of loopback, over stores and signals in memory and a clock that a test moves. */
export async function startTestGateway(options: TestGatewayOptions = {}) {
  const stores = createMemoryStores({ keepRequestBodies: options.keepRequestBodies ?? 'none' });
  const signals = createMemorySignals();
  const clock = createManualGatewayClock(sampleTime);
  const metrics = createMetrics({ service: 'gateway', version: 'test', processMetrics: false });
  const announcer: OutcomeAnnouncer = {
    announceOutcomes: async (keys) => {
      await signals.outcomes.announceOutcomes(keys);
      gateway.outcomes.look(keys);
    },
  };
  const gateway = composeGateway({
    requests: stores.requests,
    idempotency: stores.idempotency,
    cache: stores.cache,
    listing: stores.listing,
    ownedIds: stores.ownedIds,
    announcer,
    batches: stores.batches,
    accepted: signals.accepted,
    ended: signals.ended,
    news: signals.news,
    clock,
    logger: options.logger ?? silentLogger,
    metrics,
    hold: { ...hold, ...options.hold },
    serving: { ...serving, ...options.serving },
    handles: { window: 5000, responseTtl: 30 * 86_400_000, failureTtl: 180_000 },
    dashboardDir: options.dashboardDir ?? null,
    trust: { verifyWebhook: createWebhookVerifier(() => []), adminToken: null, corsOrigins: null, ...options.trust },
    apiKeys: options.apiKeys ?? null,
    usage: stores.usage,
    ledger: stores.ledger,
    search: stores.search,
    overview: stores.overview,
    failedLines: stores.failedLines,
    processes: signals.processes,
    bells: signals.bells,
    dependencies: { store: () => stores.batches.getMany([]), redis: () => signals.processes.list() },
    callRates: createMemoryCallRates(() => clock.monotonic()),
    prices: options.prices ?? openAiPrices,
    accounts: createAccounts(options.accounts ?? [sampleProviderAccount(null)]),
    relay: { ...relay, on: options.accounts !== undefined, ...options.relay },
  });
  const server = await openApiServer({
    port: 0,
    host: '127.0.0.1',
    gateway,
    clock,
    corsOrigins: options.trust?.corsOrigins ?? null,
    keepAlive: 5000,
    headersTimeout: 60_000,
    requestTimeout: 60_000,
    ...options.patience,
    shutdownGrace: options.shutdownGrace ?? 10_000,
  });
  const url = `http://127.0.0.1:${server.port}`;

  /** What batcher and results would do: every accepted request joins one batch. */
  const collect = async () => {
    const id = batchId.parse(`batch_${randomBytes(16).toString('hex')}`);
    const keys: RequestKey[] = [];
    for (const { group } of await stores.requests.groupsWithAccepted(null, 100)) {
      const candidates = await stores.requests.oldestAccepted(group, 1000, null);
      await stores.requests.claim(
        group,
        id,
        candidates.map(({ key }) => key),
        clock.now(),
      );
      keys.push(...candidates.map(({ key }) => key));
    }
    return { id, keys };
  };
  const settle = async (
    { id, keys }: { readonly id: ReturnType<typeof batchId.parse>; readonly keys: readonly RequestKey[] },
    change: Partial<Outcome> = {},
  ) => {
    const { rows } = await stores.requests.lookup(keys);
    const settlements = keys.map((key) => {
      const outcome = { ...success(key), batchId: id, at: clock.now(), ...change };
      const { base = null, cacheTtl = null } = rows.get(key) ?? {};
      return {
        key,
        outcome,
        attempt: 1,
        ...keepUntil(outcome, defaultRetention, { isPrivate: base !== null, cacheTtl }),
      };
    });
    await stores.requests.settle(id, settlements);
  };
  const finish = async (change: Partial<Outcome> = {}) => {
    const batch = await collect();
    await settle(batch, change);
    gateway.outcomes.look(batch.keys);
    return batch;
  };
  /** Resolves once so many requests were announced since the start. */
  const announced = (count: number) =>
    soon(() => signals.seen.accepted.flatMap(({ keys }) => keys).length >= count, 'announced');
  const metric = async (name: string) =>
    (await metrics.registry.getMetricsAsJSON()).find((one) => one.name === `batch_gpt_${name}`);
  /** Resolves once so many connections are held. */
  const held = (count: number) =>
    soon(async () => {
      const gauge = await metric('held_connections');
      return gauge?.values.reduce((sum, { value }) => sum + value, 0) === count;
    }, 'held');

  return {
    url,
    port: server.port,
    stores,
    signals,
    clock,
    gateway,
    collect,
    settle,
    finish,
    announced,
    held,
    metric,
    metrics,
    post: (body: unknown, headers: Record<string, string> = {}, path = '/v1/chat/completions') =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path: string, init: RequestInit = {}) => fetch(url + path, init),
    close: () => server[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      gateway.drain();
      await server[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      metrics.dispose();
    },
  };
}

/** A chat call; different texts are different requests. */
export const chat = (text: string, more: Record<string, unknown> = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: text }],
  ...more,
});

/** What the provider says to a key. */
export const answerTo = (key: string) =>
  `{"id":"chatcmpl-${key.slice(0, 8)}","object":"chat.completion","big":9007199254740993}`;

function success(key: string): Outcome {
  return {
    kind: 'succeeded',
    status: 200,
    body: answerTo(key),
    shareable: true,
    usage: null,
    providerRequestId: null,
    batchId: null,
    at: 0,
  };
}

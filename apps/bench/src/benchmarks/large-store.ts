import { requestKey, tenantId, type RequestKey } from '@batch-gpt/contracts';
import { defaultRetention, keepUntil, type NewRequest, type Outcome } from '@batch-gpt/domain';
import { silentLogger } from '@batch-gpt/logging';
import { openStores, type StoreChoice, type Stores } from '@batch-gpt/stores';
import { sampleRequest, spawnService, startTestMongo, startTestRedis, type TestService } from '@batch-gpt/testing';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Benchmark } from '../benchmark.ts';
import { type Finding } from '../measure/finding.ts';
import { timed } from '../measure/timed.ts';

const tenants = ['acme', 'beta', 'gamma'].map((name) => tenantId.parse(name));
const models = ['gpt-6-luna', 'gpt-4o-mini', 'gpt-4o'];
const page = 1000;
const asked = 20;
const hour = 3_600_000;

/** What an operator waits for while a million requests are stored. */
export const largeStore: Benchmark = {
  id: 'STORE',
  title: 'what operators ask while a million requests are stored',
  run: async (context) => {
    const stored = context.quick ? 20_000 : 1_000_000;
    await using resources = new AsyncDisposableStack();
    const redis = resources.use(await startTestRedis());
    const mongo = context.store === 'mongo' ? await startTestMongo() : null;
    if (context.store === 'mongo' && mongo === null) throw new Error('there is no MongoDB to measure on');
    if (mongo !== null) resources.use(mongo);
    const path = join(context.folder, 'large.sqlite');
    const choice: StoreChoice =
      mongo === null
        ? { kind: 'sqlite', path }
        : { kind: 'mongo', url: mongo.url, database: new URL(mongo.url).pathname.slice(1) };
    const fillMs = await timed(() => fill(choice, stored));
    context.say(`${stored} requests stored in ${(fillMs / 1000).toFixed(0)} s`);
    const gateway = resources.use(
      await spawnService({
        app: 'gateway',
        env: {
          ...(mongo === null ? { SQLITE_PATH: path } : { MONGODB_URL: mongo.url }),
          ...{ REDIS_URL: redis.url, OPENAI_API_KEY: 'sk-bench', STORE_DEADLINE_MS: '60000' },
        },
        readyTimeoutMs: 60_000,
      }),
    );
    return await ask(gateway, stored);
  },
};

const keyOf = (n: number): RequestKey => requestKey.parse(createHash('sha256').update(`bench ${n}`).digest('hex'));

/** Nine of ten have ended, over the last thirty days; a thousandth waits. */
async function fill(store: StoreChoice, stored: number): Promise<void> {
  await using stores = await openStores({ store, logger: silentLogger });
  const now = Date.now();
  for (let from = 0; from < stored; from += page) {
    const rows = Array.from({ length: Math.min(page, stored - from) }, (_, index) => rowOf(from + index, stored, now));
    await stores.requests.insert(rows);
    await end(
      stores,
      rows.filter((_, index) => (from + index) % 1000 !== 0),
    );
  }
}

function rowOf(n: number, stored: number, now: number): NewRequest {
  const [tenant = tenants[0], model = models[0] ?? ''] = [tenants[n % tenants.length], models[n % models.length]];
  const acceptedAt = now - Math.floor(((stored - n) / stored) * 30 * 24 * hour);
  return sampleRequest(n, { key: keyOf(n), ...(tenant && { tenant }), model, acceptedAt });
}

async function end({ requests }: Stores, rows: readonly NewRequest[]): Promise<void> {
  const settlements = rows.map(({ key, acceptedAt }) => {
    const outcome: Outcome = {
      ...({ kind: 'succeeded', status: 200, shareable: true, providerRequestId: null, batchId: null } as const),
      body: `{"id":"chatcmpl-${key.slice(0, 12)}","object":"chat.completion","choices":[]}`,
      usage: { inputTokens: 20, outputTokens: 20, cachedTokens: 0, totalTokens: 40 },
      at: acceptedAt + hour,
    };
    return { key, outcome, attempt: 1, ...keepUntil(outcome, defaultRetention, { isPrivate: false, cacheTtl: null }) };
  });
  await requests.endAccepted(settlements);
}

async function ask(gateway: TestService, stored: number): Promise<readonly Finding[]> {
  const time = (path: () => string): Promise<number[]> => timesOf(asked, () => get(gateway, path()));
  const random = () => keyOf(Math.floor(Math.random() * stored));
  // Once unmeasured: the first call opens what later ones find open.
  for (const path of ['/admin/snapshot', `/admin/requests/${random()}`, '/admin/requests?limit=100']) {
    await get(gateway, path);
  }
  const within = (value: number) => ({ bound: 'at most', value }) as const;
  const of = (what: string, measured: readonly number[], most: number): Finding => ({
    ...{ id: 'STORE', what: `${what}, ${stored.toLocaleString('en')} stored`, unit: 'ms', measured },
    ...{ baseline: null, target: within(most) },
  });
  return [
    of('snapshot', await time(() => '/admin/snapshot'), 50),
    of('find a request by id', await time(() => `/admin/requests/${random()}`), 50),
    of('find by the beginning of an id', await time(() => `/admin/requests?key=${random().slice(0, 10)}`), 50),
    of('a page of 100 of all tenants', await time(() => '/admin/requests?limit=100'), 200),
    of('a page of 100 of one tenant', await time(() => '/admin/requests?limit=100&tenant=acme'), 200),
  ];
}

async function timesOf(count: number, work: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) times.push(await timed(work));
  return times;
}

async function get(gateway: TestService, path: string): Promise<void> {
  const response = await fetch(gateway.url + path);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 200)}`);
}

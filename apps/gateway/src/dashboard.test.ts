import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { operatorSeries } from '@batch-gpt/contracts';
import { sampleBatch, sampleRequests } from '@batch-gpt/testing';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const token = 'a-token-of-operators';
const page = '<!doctype html><title>the page</title>';

let siteDir: string;
let gateway: TestGateway;
beforeEach(async () => {
  siteDir = await mkdtemp(join(tmpdir(), 'batch-gpt-site-'));
  await mkdir(join(siteDir, 'assets'));
  await writeFile(join(siteDir, 'index.html'), page);
  await writeFile(join(siteDir, 'assets/main-1234.js'), 'export {};');
  await writeFile(join(siteDir, 'secret.txt'), 'not for you');
  gateway = await startTestGateway({ dashboardDir: siteDir, trust: { adminToken: { reveal: () => token } } });
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(siteDir, { recursive: true, force: true });
});

const ownPage = { 'sec-fetch-site': 'same-origin' };
const login = (given: unknown, headers: Record<string, string> = ownPage) =>
  gateway.post({ token: given }, headers, '/dashboard/login');
const cookieOf = (response: Response) => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
const signedIn = async () => ({ ...ownPage, cookie: cookieOf(await login(token)) });
const session = async (headers: Record<string, string> = {}) =>
  (await gateway.get('/dashboard/session', { headers })).json();

describe('signing in', () => {
  test('with the token gives a cookie that opens the operator API, and nothing else does', async () => {
    expect(await session()).toMatchObject({ via: 'none' });
    const response = await login(token);
    expect(response.status).toBe(204);
    const set = response.headers.get('set-cookie') ?? '';
    expect(set).toContain('HttpOnly; SameSite=Strict');
    expect(set).not.toContain('Secure');
    expect(set).not.toContain(token);
    const cookie = cookieOf(response);
    expect(await session({ cookie })).toMatchObject({ via: 'cookie' });
    expect((await gateway.get('/admin/snapshot', { headers: { cookie } })).status).toBe(200);
    for (const other of ['', `${cookie}x`, cookie.replace(/\d\./, '9.'), 'batch_gpt_session=1.x', `other=${cookie}`]) {
      expect((await gateway.get('/admin/snapshot', { headers: { cookie: other } })).status).toBe(401);
    }
  });

  test('with anything else is refused, and not tried for long', async () => {
    for (const given of ['', 'another-token-of-them', 'x'.repeat(4000)]) {
      const refused = await login(given);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('set-cookie')).toBeNull();
    }
    expect((await login({})).status).toBe(400);
    let last = 401;
    for (let tries = 0; tries < 30 && last === 401; tries += 1) last = (await login('wrong')).status;
    expect(last).toBe(429);
    await gateway.clock.advance(60_000);
    expect((await login(token)).status).toBe(204);
  });

  test('over TLS gives a cookie for TLS only', async () => {
    const response = await login(token, { ...ownPage, 'x-forwarded-proto': 'https' });
    expect(response.headers.get('set-cookie')).toContain('; Secure');
  });

  test('ends after twelve hours, with another token, and at once by signing out', async () => {
    const headers = await signedIn();
    await gateway.clock.advance(12 * 3_600_000 - 1000);
    expect(await session(headers)).toMatchObject({ via: 'cookie' });
    await gateway.clock.advance(1000);
    expect(await session(headers)).toMatchObject({ via: 'none' });
    await using other = await startTestGateway({ trust: { adminToken: { reveal: () => 'a-new-token-of-operators' } } });
    const held = await signedIn();
    expect((await other.get('/admin/snapshot', { headers: held })).status).toBe(401);
    const out = await gateway.post({}, held, '/dashboard/logout');
    expect(cookieOf(out)).toBe('batch_gpt_session=');
  });

  test('is of no use to pages from elsewhere, which have the cookie sent', async () => {
    const { cookie } = await signedIn();
    const sameSite = { cookie, 'sec-fetch-site': 'same-site' };
    const older = { cookie, origin: 'https://evil.example' };
    for (const headers of [sameSite, older]) {
      const order = await gateway.post({ tenant: 'default' }, headers, '/admin/cache/purge');
      expect(order.status).toBe(401);
      expect((await login(token, headers)).status).toBe(401);
    }
    // An order that does not say which page sends it.
    expect((await gateway.post({ tenant: 'default' }, { cookie }, '/admin/cache/purge')).status).toBe(401);
    const own = { cookie, origin: new URL(gateway.url).origin };
    for (const headers of [own, { cookie, ...ownPage }]) {
      expect((await gateway.post({ tenant: 'default' }, headers, '/admin/cache/purge')).status).toBe(200);
    }
  });
});

describe('the site', () => {
  test.each(['', '/', '/batches/batch_1', '/requests?state=done'])(
    'is one page, whatever the path: %j',
    async (path) => {
      const response = await gateway.get(`/dashboard${path}`);
      expect(await response.text()).toBe(page);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('cache-control')).toBe('no-store');
      const csp = response.headers.get('content-security-policy') ?? '';
      expect(csp).toContain("default-src 'none'");
      expect(csp).not.toContain('unsafe');
      expect(response.headers.get('x-frame-options')).toBe('DENY');
    },
  );

  test('has assets that never change', async () => {
    const response = await gateway.get('/dashboard/assets/main-1234.js');
    expect(response.headers.get('content-type')).toContain('javascript');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect((await gateway.get('/dashboard/assets/main-0000.js')).status).toBe(404);
  });

  test.each([
    '/dashboard/assets/../secret.txt',
    '/dashboard/assets/%2e%2e/secret.txt',
    '/dashboard/assets/..%2fsecret.txt',
  ])('gives nothing away that is not its own: %s', async (path) => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await once(socket, 'close');
    expect(text).not.toContain('not for you');
  });

  test('is read only', async () => {
    expect((await gateway.post({}, {}, '/dashboard/batches')).status).toBe(405);
  });

  test('says how it is made where it is not there', async () => {
    await using bare = await startTestGateway({ dashboardDir: join(siteDir, 'nowhere') });
    const response = await bare.get('/dashboard/');
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('nx build');
  });

  test('is not there where it is switched off', async () => {
    await using off = await startTestGateway();
    expect((await off.get('/dashboard')).status).toBe(404);
  });

  test('is open on this machine without a token, to its own page', async () => {
    await using open = await startTestGateway({ dashboardDir: siteDir });
    expect(await (await open.get('/dashboard/session')).json()).toMatchObject({ via: 'open' });
    const origin = new URL(open.url).origin;
    expect((await open.post({ tenant: 'default' }, { origin, ...ownPage }, '/admin/cache/purge')).status).toBe(200);
    expect(
      (await open.post({ tenant: 'default' }, { origin: 'https://evil.example' }, '/admin/cache/purge')).status,
    ).toBe(401);
  });
});

describe('GET /admin/series', () => {
  const series = async (query = '') => {
    const response = await gateway.get(`/admin/series${query}`, { headers: { authorization: `Bearer ${token}` } });
    return operatorSeries.parse(await response.json());
  };

  test('has sixty equal steps, the last of them now, and is read once for all who ask', async () => {
    let reads = 0;
    const { overview } = gateway.stores;
    const settledSums = overview.settledSums.bind(overview);
    overview.settledSums = (from, to) => ((reads += 1), settledSums(from, to));
    const { data, step_seconds: step, range } = await series();
    expect([range, step, data.length]).toEqual(['1h', 60, 60]);
    const [first, second] = data;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(60);
    expect((data.at(-1)?.at ?? 0) * 1000).toBeLessThanOrEqual(gateway.clock.now());
    const before = reads;
    await series();
    expect(reads).toBe(before);
    await gateway.clock.advance(60_000);
    await series();
    // What is over is kept: only the last minutes are read again.
    expect(reads - before).toBeLessThan(10);
  });

  test.each(['6h', '24h', '7d'])('goes back %s', async (range) => {
    expect(await series(`?range=${range}`)).toMatchObject({ range, data: { length: 60 } });
  });

  test('refuses other ranges', async () => {
    const headers = { authorization: `Bearer ${token}` };
    expect((await gateway.get('/admin/series?range=1y', { headers })).status).toBe(400);
  });

  test('tells what settled', async () => {
    const now = gateway.clock.now();
    const billed = { succeeded: 8, failed: 1, sentAgain: 0, inputTokens: 10, cachedTokens: 0, outputTokens: 10 };
    await gateway.stores.batches.insert(
      sampleBatch(1, {
        ...{ state: 'settled', createdAt: now - 31_000, updatedAt: now - 1000 },
        ...{ billed, sizes: { lines: 9, bytes: 900, tokens: 90, inputs: 0 } },
      }),
    );
    const { data } = await series();
    expect(data.reduce((sum, { batches }) => sum + batches, 0)).toBe(1);
    expect(data.find(({ batches }) => batches === 1)).toMatchObject({
      lines: 9,
      succeeded: 8,
      failed: 1,
      turnaround_seconds: 30,
      turnaround_p95_seconds: 30,
      fill: 9 / 50_000,
    });
    expect(data.find(({ batches }) => batches === 0)).toMatchObject({ turnaround_p95_seconds: null, fill: null });
  });

  test('tells the middle of the turnarounds and their slow end', async () => {
    const now = gateway.clock.now();
    for (let n = 1; n <= 20; n += 1) {
      await gateway.stores.batches.insert(
        sampleBatch(n, { state: 'settled', createdAt: now - n * 1000, updatedAt: now }),
      );
    }
    expect((await series()).data.at(-1)).toMatchObject({ turnaround_seconds: 10, turnaround_p95_seconds: 19 });
  });

  test('tells what was seen waiting, and null of the time when nobody looked', async () => {
    await gateway.stores.requests.insert(sampleRequests(3, { acceptedAt: gateway.clock.now() }));
    expect((await series()).data.at(-1)).toMatchObject({ pending: null, held_connections: null });
    await gateway.get('/admin/snapshot', { headers: { authorization: `Bearer ${token}` } });
    await gateway.clock.advance(5000);
    const { data } = await series();
    expect(data.at(-1)).toMatchObject({ pending: 3, held_connections: 0 });
    expect(data.filter(({ pending }) => pending !== null)).toHaveLength(1);
  });
});

import { describe, expect, test } from '@jest/globals';
import { createStatusClient, type StatusClient } from './create-status-client.ts';
import { sampleBatch, sampleSnapshot } from './testing/samples.ts';

const batch = sampleBatch();
const page = { object: 'list', data: [], next: null };

/** A client whose calls are noted and answered. */
function clientOf(answer: () => Response | Promise<Response>, token: string | null = 'token') {
  const calls: { method: string; url: string; headers: Record<string, string>; body: string | null }[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const body = await request.text();
    calls.push({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: body === '' ? null : body,
    });
    return answer();
  };
  return { client: createStatusClient({ baseUrl: 'http://gateway:1/', token, fetch }), calls };
}

const json =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status });

describe('the client', () => {
  const calls: readonly [string, (client: StatusClient) => Promise<unknown>, string, unknown][] = [
    ['snapshot', (client) => client.snapshot(), 'GET http://gateway:1/admin/snapshot', sampleSnapshot()],
    [
      'requests',
      (client) => client.requests({ key: 'ab', state: 'done', model: 'a b', since: 1.5, limit: 3 }),
      'GET http://gateway:1/admin/requests?key=ab&state=done&model=a+b&since=1.5&limit=3',
      page,
    ],
    ['all requests', (client) => client.requests({}), 'GET http://gateway:1/admin/requests', page],
    [
      'batches',
      (client) => client.batches({ status: 'failed' }),
      'GET http://gateway:1/admin/batches?status=failed',
      page,
    ],
    ['cancel', (client) => client.cancel('a/b'), 'POST http://gateway:1/admin/batches/a%2Fb/cancel', batch],
    [
      'retry',
      (client) => client.retry('b', '1-x'),
      'POST http://gateway:1/admin/batches/b/retry?after=1-x',
      { object: 'batch_gpt.retry', batch_id: batch.id, accepted: 1, without_text: 0, next: null },
    ],
    [
      'flush',
      (client) => client.flush(batch.group),
      `POST http://gateway:1/admin/groups/flush {"group":"${batch.group}"}`,
      { object: 'batch_gpt.flush', group: batch.group, pending: 2 },
    ],
    [
      'purge',
      (client) => client.purge({ all: true }),
      'POST http://gateway:1/admin/cache/purge {"all":true}',
      { object: 'batch_gpt.purge', purged: 1, has_more: false },
    ],
  ];

  test.each(calls)('%s', async (_, call, sent, answer) => {
    const { client, calls: seen } = clientOf(json(answer));
    expect(await call(client)).toEqual(answer);
    expect(seen.map(({ method, url, body }) => [method, url, body].filter(Boolean).join(' '))).toEqual([sent]);
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer token', accept: 'application/json' });
  });

  test('sends no token where it has none', async () => {
    const { client, calls: seen } = clientOf(json(sampleSnapshot()), null);
    await client.snapshot();
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain('authorization');
  });

  test('says what an error answer says', async () => {
    const error = { message: 'No such batch.', type: 'invalid_request_error', param: null, code: 'batch_not_found' };
    const { client } = clientOf(json({ error }, 404));
    await expect(client.batch('x')).rejects.toMatchObject({
      ...{ kind: 'refused', status: 404, code: 'batch_not_found', message: 'No such batch.', isUnauthorized: false },
    });
    const proxy = clientOf(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    await expect(proxy.client.snapshot()).rejects.toMatchObject({ kind: 'refused', status: 502, code: null });
  });

  test('does not take an answer for what it is not', async () => {
    for (const answer of [json({ object: 'other' }), () => new Response('<h1>hello</h1>')]) {
      await expect(clientOf(answer).client.snapshot()).rejects.toMatchObject({ kind: 'unreadable', status: 200 });
    }
  });

  test('says that nobody answers; an aborted call is aborted', async () => {
    const refused = clientOf(() => Promise.reject(new TypeError('fetch failed')));
    await expect(refused.client.snapshot()).rejects.toMatchObject({ kind: 'unreachable', status: null });
    const reason = new Error('enough');
    await expect(refused.client.snapshot(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('follows with the last id that it saw', async () => {
    const snapshot = sampleSnapshot({ id: 'a' });
    const { client, calls: seen } = clientOf(
      () => new Response(`id: a\nevent: snapshot\ndata: ${JSON.stringify(snapshot)}\n\n`),
    );
    for await (const news of client.follow({ signal: new AbortController().signal, pauses: [1, 1] })) {
      if (seen.length === 2 && news.kind === 'snapshot') break;
    }
    expect(seen.map(({ url, headers }) => [url, headers['last-event-id']])).toEqual([
      ['http://gateway:1/admin/events', undefined],
      ['http://gateway:1/admin/events', 'a'],
    ]);
  });
});

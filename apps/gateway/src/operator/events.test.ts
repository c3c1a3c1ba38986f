import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { createStatusClient, type StatusNews } from '@batch-gpt/status-client';
import { eventually, sampleGroup, sampleRequest, sampleRequests } from '@batch-gpt/testing';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

let gateway: TestGateway;
let abort: AbortController;
beforeEach(async () => {
  gateway = await startTestGateway();
  abort = new AbortController();
});
afterEach(async () => {
  abort.abort();
  await gateway[Symbol.asyncDispose]();
});

/** What a client learns, as it learns it. */
function listen(): StatusNews[] {
  const news: StatusNews[] = [];
  const client = createStatusClient({ baseUrl: gateway.url });
  void (async () => {
    for await (const one of client.follow({ signal: abort.signal, pauses: [1, 5] })) news.push(one);
  })();
  return news;
}
const kindsOf = (news: readonly StatusNews[]) => news.map(({ kind }) => kind);
/** Moves the clock on until something has come of it. */
const until = (condition: () => boolean) =>
  eventually(async () => {
    await gateway.clock.advance(250);
    return condition();
  });
const acceptedIn = (news: readonly StatusNews[]) =>
  news.flatMap((one) => (one.kind === 'snapshot' ? [one.snapshot.requests.accepted] : []));
const events = (headers: Record<string, string> = {}) =>
  gateway.get('/admin/events', { headers, signal: abort.signal });
/** The first piece of a stream. */
const firstOf = async (answer: Response) => {
  const piece = await answer.body?.getReader().read();
  return new TextDecoder().decode(piece?.value as Uint8Array | undefined);
};

describe('the event stream', () => {
  test('begins with a snapshot and goes on with what differs', async () => {
    const news = listen();
    await until(() => news.length === 2);
    expect(kindsOf(news)).toEqual(['connected', 'snapshot']);
    await gateway.clock.advance(5000);
    expect(news).toHaveLength(2);
    await gateway.stores.requests.insert([sampleRequest(1)]);
    await until(() => news.length === 3);
    await gateway.stores.requests.insert([sampleRequest(2)]);
    await until(() => news.length === 4);
    expect(acceptedIn(news)).toEqual([0, 1, 2]);
  });

  test('has at most four snapshots in a second, whatever happens', async () => {
    const news = listen();
    await until(() => news.length === 2);
    let held = 0;
    // Every snapshot would be another one.
    const { batches } = gateway.stores;
    const open = batches.open.bind(batches);
    batches.open = async (...call) => {
      held += 1;
      await gateway.signals.processes.announce({
        ...{ id: `p${held}`, service: 'x', host: 'x', pid: held, version: 'x', since: held },
        ...{ heldConnections: null, heldBatches: null, creations: [], settings: [] },
      });
      return open(...call);
    };
    const start = gateway.clock.monotonic();
    await until(() => held >= 12);
    expect(gateway.clock.monotonic() - start).toBeGreaterThanOrEqual(11 * 250);
  });

  test('names its snapshots, and sends a known one not again', async () => {
    const first = await firstOf(await events());
    const id = /^id: (\w{16})$/m.exec(first)?.[1] ?? '';
    expect(first).toMatch(/^retry: 1000\n: hello\n\nid: \w+\nevent: snapshot\ndata: \{.*\}\n\n$/);
    const again = await events({ 'last-event-id': id });
    expect(await firstOf(again)).toBe('retry: 1000\n: nothing new\n\n');
    const other = await firstOf(await events({ 'last-event-id': 'of another time' }));
    expect(other).toContain(`id: ${id}`);
  });

  test('tells what an operator does', async () => {
    await gateway.stores.requests.insert([sampleRequest(1)]);
    const news = listen();
    await until(() => news.length === 2);
    await createStatusClient({ baseUrl: gateway.url }).flush(sampleGroup());
    await until(() => kindsOf(news).includes('action'));
    expect(news.find(({ kind }) => kind === 'action')).toMatchObject({
      entry: { action: 'flush', actor: '127.0.0.1', facts: { group: sampleGroup(), pending: 1 } },
    });
  });

  test('keeps its connection alive', async () => {
    const answer = await events();
    const reader = answer.body?.getReader();
    await reader?.read();
    await gateway.clock.advance(15_000);
    const beat = await reader?.read();
    expect(new TextDecoder().decode(beat?.value as Uint8Array | undefined)).toBe(': \n\n');
  });

  test('is not begun for HEAD', async () => {
    const before = gateway.clock.pending();
    const answer = await gateway.get('/admin/events', { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(await answer.text()).toBe('');
    expect(gateway.clock.pending()).toBe(before);
  });

  test('may not be kept by anybody on its way', async () => {
    const { headers } = await events();
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  });
});

describe('listeners', () => {
  test('that go leave nothing behind: nobody reads for them', async () => {
    const news = listen();
    await until(() => news.length === 2);
    abort.abort();
    await eventually(() => gateway.clock.pending() <= 1);
    await gateway.clock.advance(1000);
    let reads = 0;
    const { batches } = gateway.stores;
    const open = batches.open.bind(batches);
    batches.open = (...call) => {
      reads += 1;
      return open(...call);
    };
    await gateway.clock.advance(10_000);
    expect(reads).toBe(0);
  });

  test('are a hundred at most', async () => {
    const all = await Promise.all(Array.from({ length: 101 }, () => events()));
    expect(all.map(({ status }) => status).toSorted()).toEqual([...Array.from({ length: 100 }, () => 200), 429]);
    abort.abort();
    abort = new AbortController();
    await eventually(async () => (await events()).status === 200);
  });

  test('that read slowly miss snapshots, but not the latest', async () => {
    // Fat snapshots: they fill what a socket holds.
    const models = Array.from({ length: 499 }, (_, n) => `${n}-${'m'.repeat(240)}`);
    await gateway.stores.requests.insert(
      models.map((model, n) => sampleRequest(1000 + n, { model, group: sampleGroup(model) })),
    );
    const socket = connect({ port: gateway.port, host: '127.0.0.1' });
    socket.pause();
    socket.write('GET /admin/events HTTP/1.1\r\nhost: x\r\n\r\n');
    let taken = 0;
    const { batches } = gateway.stores;
    const open = batches.open.bind(batches);
    batches.open = (...call) => {
      taken += 1;
      return open(...call);
    };
    for (let n = 0; n < 40; n += 1) {
      await gateway.stores.requests.insert(sampleRequests(1, { group: sampleGroup('0') }, 5000 + n));
      const before = taken;
      // Counts are kept for a second.
      await gateway.clock.advance(1000);
      await until(() => taken > before);
    }
    let text = '';
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
    });
    socket.resume();
    await until(() => text.includes('"accepted":539,'));
    const shown = [...text.matchAll(/"requests":\{"accepted":(\d+)/g)].map(([, count]) => Number(count));
    expect(shown.length).toBeLessThan(35);
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
    socket.destroy();
  });

  test('are let go when the gateway stops, at once', async () => {
    const news = listen();
    await until(() => news.length === 2);
    const pending = gateway.clock.pending();
    expect(pending).toBeGreaterThan(0);
    await gateway.close();
    await eventually(() => kindsOf(news).includes('lost'));
  });

  test('hear of a store that was never there once it is', async () => {
    gateway.stores.setAway(true);
    expect((await events()).status).toBe(503);
    const news = listen();
    await eventually(() => kindsOf(news).includes('lost'));
    gateway.stores.setAway(false);
    await until(() => kindsOf(news).includes('snapshot'));
  });
});

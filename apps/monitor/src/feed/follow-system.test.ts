import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createManualClock, eventually, type ManualClock } from '@batch-gpt/testing';
import { StatusError } from '@batch-gpt/status-client';
import { createFakeClient, unreachable, type FakeClient } from '../testing/fake-client.ts';
import { busySnapshot, sampleNow } from '../testing/samples.ts';
import { createSystemFeed, describeTrouble, type SystemFeed } from './follow-system.ts';

let clock: ManualClock;
let client: FakeClient;
let feed: SystemFeed;
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  clock = createManualClock((sampleNow - 10) * 1000);
  client = createFakeClient(busySnapshot());
  feed = createSystemFeed(client, clock);
  stop = new AbortController();
  running = feed.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await running;
  expect(client.followers()).toBe(0);
});

const kind = () => feed.state().link.kind;
const goLive = async () => {
  client.tell({ kind: 'connected' });
  client.tell({ kind: 'snapshot', snapshot: busySnapshot() });
  await eventually(() => kind() === 'live');
};
const lose = () => client.tell({ kind: 'lost', error: unreachable, retryIn: 200 });

describe('the feed', () => {
  it('is live once a snapshot came, and has the time of the gateway', async () => {
    expect(kind()).toBe('connecting');
    client.tell({ kind: 'connected' });
    await goLive();
    expect(feed.now()).toBe(sampleNow);
    expect(feed.state().snapshot?.id).toBe('busy');
  });

  it('asks where no events come, and says why', async () => {
    await clock.advance(4000);
    await eventually(() => kind() === 'polling');
    expect(feed.state().link).toMatchObject({ reason: 'no events arrive' });
    await goLive();
  });

  it('falls back to asking when the stream is lost but the gateway is not', async () => {
    await goLive();
    lose();
    await eventually(() => kind() === 'polling');
    expect(feed.state().link).toMatchObject({
      reason: 'The gateway cannot be reached. connect ECONNREFUSED 127.0.0.1:1',
    });
  });

  it('says since when the gateway is away, keeps what was known, and comes back', async () => {
    await goLive();
    client.answer(unreachable);
    const since = clock.now();
    lose();
    await eventually(() => kind() === 'away');
    await clock.advance(6000);
    expect(feed.state().link).toMatchObject({ kind: 'away', since });
    expect(feed.state().snapshot?.id).toBe('busy');

    client.answer(busySnapshot({ id: 'after' }));
    await clock.advance(2000);
    await eventually(() => kind() === 'polling');
    // Who comes back and has missed nothing is sent nothing but an answer.
    await eventually(() => client.followers() === 1);
    client.tell({ kind: 'connected' });
    await eventually(() => kind() === 'live');
    expect(feed.state().snapshot?.id).toBe('after');
  });

  it('finds out that a silent stream is dead, and opens another', async () => {
    await goLive();
    client.answer(unreachable);
    await clock.advance(14_000);
    expect(kind()).toBe('live');
    await clock.advance(4000);
    await eventually(() => kind() === 'away');
    client.answer(busySnapshot());
    await clock.advance(4000);
    await goLive();
  });

  it('stays live through a silence in which the gateway answers', async () => {
    await goLive();
    await clock.advance(20_000);
    await eventually(() => client.calls.includes('snapshot'));
    expect(kind()).toBe('live');
  });

  it('tells what changed and what operators did, cleaned, the latest first', async () => {
    await goLive();
    client.tell({
      kind: 'action',
      entry: {
        object: 'batch_gpt.audit',
        at: 1,
        actor: '127.0.0.1',
        action: 'flush',
        facts: { group: 'a\u001b[31mb' },
      },
    });
    client.tell({ kind: 'snapshot', snapshot: busySnapshot({ id: 'next', open_batches: [] }) });
    await eventually(() => feed.state().news.length === 3);
    expect(feed.state().news.map(({ text }) => text)).toEqual([
      'batch 7a110000 (gpt-4o) is over, 10 lines',
      'batch 01d00000 (gpt-4o-mini) is over, 10 lines',
      'operator at 127.0.0.1: flush group=ab',
    ]);
  });

  it('tells listeners until they go', async () => {
    let told = 0;
    const leave = feed.subscribe(() => (told += 1));
    await goLive();
    expect(told).toBeGreaterThan(0);
    leave();
    const before = told;
    client.tell({ kind: 'snapshot', snapshot: busySnapshot({ id: 'unheard' }) });
    await eventually(() => feed.state().snapshot?.id === 'unheard');
    expect(told).toBe(before);
  });
});

describe('trouble in a line', () => {
  it('names the cause at the bottom of a gateway that cannot be reached', () => {
    expect(describeTrouble(unreachable)).toContain('ECONNREFUSED');
    const attempts = new AggregateError([], '');
    const cause = new TypeError('fetch failed', { cause: Object.assign(attempts, { code: 'ETIMEDOUT' }) });
    expect(describeTrouble(new StatusError('Away.', { kind: 'unreachable', cause }))).toBe('Away. ETIMEDOUT');
  });

  it('is what the gateway said otherwise, cleaned', () => {
    const refusal = new StatusError('No\u001b[2J token\n', { kind: 'refused', status: 401, cause: new Error('parse') });
    expect(describeTrouble(refusal)).toBe('No token ');
    expect(describeTrouble('thrown text')).toBe('thrown text');
  });
});

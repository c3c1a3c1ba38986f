import { describe, expect, test } from '@jest/globals';
import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { followEvents, type OpenEvents, type StatusNews } from './follow-events.ts';
import { StatusError } from './status-error.ts';
import { sampleSnapshot } from './testing/samples.ts';

const pauses = [1, 4] as const;
const eventOf = (snapshot: OperatorSnapshot) =>
  `id: ${snapshot.id}\nevent: snapshot\ndata: ${JSON.stringify(snapshot)}\n\n`;
const snapshotOf = (id: string) => sampleSnapshot({ id });
const unauthorized = new StatusError('no', { kind: 'refused', status: 401, code: 'invalid_admin_token' });
const away = new StatusError('away', { kind: 'unreachable' });

/** A stream that ends, or stays open in silence until it is aborted. */
function answer(text: string, signal: AbortSignal, { stays = false } = {}): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(text));
      if (stays) signal.addEventListener('abort', () => controller.error(signal.reason));
      else controller.close();
    },
  });
  return new Response(body);
}

/** Follows what is answered one after the other, and says which ids were named; ends once so much was learned. */
async function follow(answers: readonly ((signal: AbortSignal) => Response | StatusError)[], most: number, how = {}) {
  const abort = new AbortController();
  const named: (string | null)[] = [];
  const open: OpenEvents = async (lastId, signal) => {
    await Promise.resolve();
    const made = answers[named.length]?.(signal) ?? away;
    named.push(lastId);
    if (made instanceof StatusError) throw made;
    return made;
  };
  const news: StatusNews[] = [];
  let error: unknown = null;
  try {
    for await (const one of followEvents(open, { signal: abort.signal, pauses, ...how })) {
      news.push(one);
      if (news.length === most) abort.abort();
    }
  } catch (thrown) {
    error = thrown;
  }
  return { kinds: news.map(({ kind }) => kind), news, named, error };
}

describe('following a gateway', () => {
  test('gives what it says, and goes on where it was after a restart', async () => {
    const action = {
      object: 'batch_gpt.audit',
      at: 1,
      actor: '127.0.0.1',
      action: 'flush',
      facts: { group: 'g', pending: 2 },
    };
    const { kinds, news, named } = await follow(
      [
        (signal) => answer(eventOf(snapshotOf('a')) + eventOf(snapshotOf('b')), signal),
        () => away,
        (signal) => answer(`event: action\ndata: ${JSON.stringify(action)}\n\n${eventOf(snapshotOf('c'))}`, signal),
      ],
      9,
    );
    expect(kinds).toEqual([
      'connected',
      'snapshot',
      'snapshot',
      'lost',
      'lost',
      'connected',
      'action',
      'snapshot',
      'lost',
    ]);
    expect(named).toEqual([null, 'b', 'b']);
    expect(news[1]).toEqual({ kind: 'snapshot', snapshot: snapshotOf('a') });
    expect(news[6]).toEqual({ kind: 'action', entry: action });
  });

  test('waits longer and longer, and shortly again once something came', async () => {
    const { news } = await follow(
      [() => away, () => away, () => away, () => away, (signal) => answer(eventOf(snapshotOf('a')), signal)],
      7,
    );
    const waits = news.flatMap((one) => (one.kind === 'lost' ? [one.retryIn] : []));
    expect(waits).toEqual([1, 2, 4, 4, 1]);
  });

  test('leaves out what it does not understand', async () => {
    const text = 'event: snapshot\ndata: {"object":"other"}\n\nevent: other\ndata: {}\n\nevent: snapshot\ndata: {\n\n';
    const { kinds } = await follow([(signal) => answer(text, signal)], 2);
    expect(kinds).toEqual(['connected', 'lost']);
  });

  test('gives up a connection that has gone silent', async () => {
    const { kinds, news } = await follow([(signal) => answer(eventOf(snapshotOf('a')), signal, { stays: true })], 3, {
      silence: 20,
    });
    expect(kinds).toEqual(['connected', 'snapshot', 'lost']);
    expect(news[2]).toMatchObject({ error: { message: 'The gateway has gone silent.' } });
  });

  test('ends with a wrong token, which waiting does not mend', async () => {
    const { kinds, error } = await follow([() => unauthorized], 10);
    expect([kinds, error]).toEqual([[], unauthorized]);
  });

  test('ends without an error when it is told to, in a pause or while it listens', async () => {
    expect(await follow([() => away], 1)).toMatchObject({ kinds: ['lost'], error: null });
    const listening = await follow([(signal) => answer(': \n\n', signal, { stays: true })], 1);
    expect(listening).toMatchObject({ kinds: ['connected'], error: null });
    const none = followEvents(() => Promise.reject(away), { signal: AbortSignal.abort() });
    expect(await none.next()).toEqual({ done: true, value: undefined });
  });

  test('leaves no connection behind when its reader stops', async () => {
    const seen: AbortSignal[] = [];
    const open: OpenEvents = (_, signal) => {
      seen.push(signal);
      return Promise.resolve(answer(eventOf(snapshotOf('a')), signal, { stays: true }));
    };
    for await (const one of followEvents(open, { signal: new AbortController().signal })) {
      if (one.kind === 'snapshot') break;
    }
    expect(seen.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { readEventStream, type StreamedEvent } from './read-event-stream.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A stream of these chunks; notes when nobody wants the rest. */
function streamOf(chunks: readonly Uint8Array[], seen: { cancelled: boolean } = { cancelled: false }) {
  const left = [...chunks];
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = left.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: () => {
      seen.cancelled = true;
    },
  });
}

async function eventsIn(chunks: readonly Uint8Array[]): Promise<readonly StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for await (const part of readEventStream(streamOf(chunks))) if (part !== 'alive') events.push(part);
  return events;
}

describe('the event stream', () => {
  const text = 'retry: 5\n: hello\n\nid: é7\nevent: snapshot\ndata: {"a":\ndata: 1}\n\n: \n\ndata:x\nodd: y\nodd\n\n';
  const events = [
    { id: 'é7', event: 'snapshot', data: '{"a":\n1}' },
    { id: null, event: 'message', data: 'x' },
  ];

  test('is read whole', async () => {
    expect(await eventsIn([bytes(text)])).toEqual(events);
  });

  test('is read wherever it is cut', async () => {
    const whole = bytes(text);
    for (let at = 1; at < whole.length; at += 1) {
      expect(await eventsIn([whole.subarray(0, at), whole.subarray(at)])).toEqual(events);
    }
    expect(await eventsIn([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(events);
  });

  test('may have any line breaks', async () => {
    for (const lineBreak of ['\r\n', '\r']) {
      const other = bytes(`${text.replaceAll('\n', lineBreak)}: end`);
      expect(await eventsIn([other])).toEqual(events);
      expect(await eventsIn([...other].map((byte) => Uint8Array.of(byte)))).toEqual(events);
    }
  });

  test('leaves an event out that was not ended', async () => {
    expect(await eventsIn([bytes('data: a\n\ndata: b\n')])).toEqual([{ id: null, event: 'message', data: 'a' }]);
  });

  test('says that it is alive with every piece', async () => {
    const parts: unknown[] = [];
    for await (const part of readEventStream(streamOf([bytes(': '), bytes('\n\n')]))) parts.push(part);
    expect(parts).toEqual(['alive', 'alive']);
  });

  test('is cancelled by whoever stops reading, and where it never ends a line', async () => {
    const seen = { cancelled: false };
    for await (const _ of readEventStream(streamOf([bytes('data: a\n\n'), bytes('data: b\n\n')], seen))) break;
    expect(seen.cancelled).toBe(true);
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(4 * 1024 * 1024).fill(97)),
    });
    await expect(
      (async () => {
        for await (const part of readEventStream(endless)) expect(part).toBe('alive');
      })(),
    ).rejects.toBeInstanceOf(RangeError);
  });
});

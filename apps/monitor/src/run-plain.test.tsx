import { describe, expect, it } from '@jest/globals';
import { eventually } from '@batch-gpt/testing';
import { createSystemFeed } from './feed/follow-system.ts';
import { realClock } from './real-clock.ts';
import { sayChanges, sayOnce } from './run-plain.tsx';
import { createFakeClient, unreachable } from './testing/fake-client.ts';
import { busySnapshot, sampleGroup } from './testing/samples.ts';

const { signal } = new AbortController();
const hostile = busySnapshot({ groups: [{ ...sampleGroup, model: 'gpt\u001b[2J\u0080model' }] });

describe('once', () => {
  const say = async (json: boolean): Promise<string> => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    await sayOnce(createFakeClient(hostile), { json, columns: 100, write, signal });
    return lines.join('\n');
  };

  it('says how things are as JSON, whole and harmless', async () => {
    const json = await say(true);
    expect(JSON.parse(json)).toEqual(hostile);
    expect(json).toContain('gpt\\u001b[2J\\u0080model');
  });

  it('says it for people in plain text', async () => {
    const text = await say(false);
    expect(text).toContain('requests 12 waiting');
    expect(text).toMatch(/gptmodel +chat\/completions +acme/);
    expect(text).toMatch(/in_progress submitted +01d00000/);
    expect(text).toMatch(/silent +batcher/);
    expect(text).not.toContain('\u001b');
  });

  it('fails when the gateway says nothing', async () => {
    const options = { json: true, columns: 100, write: () => undefined, signal };
    await expect(sayOnce(createFakeClient(unreachable), options)).rejects.toBe(unreachable);
  });
});

describe('changes as lines', () => {
  const follow = (json: boolean) => {
    const client = createFakeClient(busySnapshot());
    const stop = new AbortController();
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const running = sayChanges(createSystemFeed(client, realClock), { json, write, signal: stop.signal });
    const until = (text: string) => eventually(() => lines.some((line) => line.includes(text)));
    return { client, stop, lines, running, until };
  };

  it('are facts by name, and what happened', async () => {
    const { client, stop, lines, running, until } = follow(false);
    client.tell({ kind: 'snapshot', snapshot: busySnapshot() });
    await until('18:37:04 waiting=12 collected=20 groups=1 open_batches=2 in_progress=1 validating=1 in_trouble=1');
    client.tell({ kind: 'snapshot', snapshot: busySnapshot() });
    client.tell({ kind: 'snapshot', snapshot: busySnapshot({ id: 'next', open_batches: [] }) });
    await until('(gpt-4o) is over');
    client.answer(unreachable);
    client.tell({ kind: 'lost', error: unreachable, retryIn: 1 });
    await until('away: The gateway cannot be reached.');
    stop.abort();
    await running;
    expect(lines.filter((line) => line.includes('waiting='))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('is over'))).toHaveLength(2);
  });

  it('are snapshots where JSON is wanted', async () => {
    const { client, stop, lines, running, until } = follow(true);
    client.tell({ kind: 'snapshot', snapshot: busySnapshot() });
    client.tell({ kind: 'snapshot', snapshot: busySnapshot({ id: 'next' }) });
    await until('"id":"next"');
    stop.abort();
    await running;
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['busy', 'next']);
  });
});

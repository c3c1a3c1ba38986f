import { describe, expect, test } from '@jest/globals';
import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { silentLogger, type Logger } from '@batch-gpt/logging';
import { eventually } from '@batch-gpt/testing';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { createSnapshotFeed } from './snapshot-feed.ts';

/** A feed whose reads a test answers, one by one. */
function start() {
  const warnings: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (...line) => void warnings.push(line) };
  const clock = createManualGatewayClock(0);
  const reads: PromiseWithResolvers<OperatorSnapshot>[] = [];
  const feed = createSnapshotFeed({
    read: () => {
      const answer = Promise.withResolvers<OperatorSnapshot>();
      reads.push(answer);
      return answer.promise;
    },
    clock,
    logger,
  });
  const answer = async (n: number, id: string) => {
    await eventually(() => reads.length > n);
    reads[n]?.resolve({ id } as OperatorSnapshot);
    await settled();
  };
  const heard: string[] = [];
  const listen = () => feed.subscribe(({ id }) => heard.push(id));
  return { feed, clock, reads, answer, heard, listen, warnings };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the feed', () => {
  test('tells of what differs, a quarter of a second apart', async () => {
    const { clock, reads, answer, heard, listen } = start();
    listen();
    await answer(0, 'a');
    await clock.advance(249);
    expect(reads).toHaveLength(1);
    await clock.advance(1);
    await answer(1, 'a');
    await clock.advance(250);
    await answer(2, 'b');
    expect(heard).toEqual(['a', 'b']);
  });

  test('rests four times as long as a slow read took', async () => {
    const { clock, reads, answer, listen } = start();
    listen();
    await clock.advance(300);
    await answer(0, 'a');
    await clock.advance(1199);
    expect(reads).toHaveLength(1);
    await clock.advance(1);
    expect(reads).toHaveLength(2);
  });

  test('has one reader, however they come and go', async () => {
    const { clock, reads, answer, heard, listen } = start();
    const leave = listen();
    // In the middle of a read.
    leave();
    const leaveAgain = listen();
    await answer(0, 'a');
    expect(heard).toEqual(['a']);
    await clock.advance(250);
    expect(reads).toHaveLength(2);
    await answer(1, 'b');
    expect(clock.pending()).toBe(1);
    // In the middle of a rest.
    leaveAgain();
    expect(clock.pending()).toBe(0);
    await clock.advance(10_000);
    expect(reads).toHaveLength(2);
    listen();
    await answer(2, 'b');
    expect(heard).toEqual(['a', 'b', 'b']);
    expect(clock.pending()).toBe(1);
  });

  test('ends in the middle of a read when nobody is left', async () => {
    const { clock, reads, answer, heard, listen } = start();
    listen()();
    await answer(0, 'a');
    await clock.advance(10_000);
    expect([reads.length, heard, clock.pending()]).toEqual([1, [], 0]);
  });

  test('goes on after a failure, and says so once', async () => {
    const { clock, reads, answer, heard, listen, warnings } = start();
    listen();
    for (const n of [0, 1]) {
      await eventually(() => reads.length > n);
      reads[n]?.reject(new Error('away'));
      await settled();
      await clock.advance(1000);
    }
    await answer(2, 'a');
    expect([heard, warnings.length]).toEqual([['a'], 1]);
  });

  test('shares a read, and what it gave for as long as it rests', async () => {
    const { feed, clock, reads, answer } = start();
    const both = Promise.all([feed.current(), feed.current()]);
    await answer(0, 'a');
    expect((await both).map(({ id }) => id)).toEqual(['a', 'a']);
    await clock.advance(249);
    expect(await feed.current()).toMatchObject({ id: 'a' });
    await clock.advance(1);
    const next = feed.current();
    await answer(1, 'b');
    expect(await next).toMatchObject({ id: 'b' });
    expect(reads).toHaveLength(2);
  });
});

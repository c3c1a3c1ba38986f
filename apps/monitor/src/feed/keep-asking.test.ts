import { describe, expect, it } from '@jest/globals';
import { createManualClock } from '@batch-gpt/testing';
import { keepAsking } from './keep-asking.ts';

const start = () => {
  const clock = createManualClock();
  const stop = new AbortController();
  const heard: string[] = [];
  const world = { version: '1', fails: false, asked: 0 };
  const ask = () => {
    world.asked += 1;
    return world.fails ? Promise.reject(new Error('no')) : Promise.resolve(`answer ${world.version}`);
  };
  const running = keepAsking({
    ...{ question: { ask }, version: () => world.version, clock, signal: stop.signal },
    onAnswer: (answer) => heard.push(answer),
    onTrouble: (reason) => heard.push(`trouble: ${reason}`),
  });
  return { clock, stop, heard, world, running };
};

describe('a question that is kept answered', () => {
  it('is asked at once, and again only for another version', async () => {
    const { clock, stop, heard, world, running } = start();
    await clock.advance(5000);
    expect([world.asked, heard]).toEqual([1, ['answer 1']]);
    world.version = '2';
    await clock.advance(500);
    expect(heard).toEqual(['answer 1', 'answer 2']);
    stop.abort();
    await running;
  });

  it('is asked again after trouble, more slowly', async () => {
    const { clock, stop, heard, world, running } = start();
    world.fails = true;
    world.version = '2';
    await clock.advance(500);
    expect(heard).toEqual(['answer 1', 'trouble: no']);
    await clock.advance(1500);
    expect(world.asked).toBe(2);
    world.fails = false;
    await clock.advance(500);
    expect(heard.at(-1)).toBe('answer 2');
    stop.abort();
    await running;
  });

  it('tells nothing once it is no longer wanted', async () => {
    const { stop, heard, running } = start();
    stop.abort();
    await running;
    expect(heard).toEqual([]);
  });
});

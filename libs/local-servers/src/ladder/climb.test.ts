import { describe, expect, it } from '@jest/globals';
import { climb, type Attempt, type Rung } from './climb.ts';

function rung(name: string, attempt: Attempt<string>, tried: string[] = []): Rung<string> {
  return {
    name,
    attempt: () => {
      tried.push(name);
      return Promise.resolve(attempt);
    },
  };
}

const options = { what: 'Redis', remedy: 'To get one: brew install valkey' };

describe('climbing a ladder', () => {
  it('takes the first rung that holds and tries no further', async () => {
    const tried: string[] = [];
    const rungs = [
      rung('a', { absent: 'no a' }, tried),
      rung('b', { found: 'B' }, tried),
      rung('c', { found: 'C' }, tried),
    ];
    expect(await climb(rungs, options)).toBe('B');
    expect(tried).toEqual(['a', 'b']);
  });

  it('says in one message what was tried and what to do', async () => {
    const rungs = [rung('a', { absent: 'no a' }), rung('b', { absent: 'no b' })];
    await expect(climb(rungs, options)).rejects.toThrow(
      'no Redis found. Tried:\n  a: no a\n  b: no b\nTo get one: brew install valkey',
    );
  });

  it('tries only the rung that was chosen', async () => {
    const rungs = [rung('a', { found: 'A' }), rung('b', { absent: 'no b' })];
    await expect(climb(rungs, { ...options, only: 'b' })).rejects.toThrow('Tried:\n  b: no b\n');
  });

  it('names the rungs when the chosen one does not exist', async () => {
    const rungs = [rung('a', { found: 'A' }), rung('b', { found: 'B' })];
    await expect(climb(rungs, { ...options, only: 'x' })).rejects.toThrow('there are a, b');
  });

  it('does not fall through a rung that throws', async () => {
    const loud: Rung<string> = { name: 'url', attempt: () => Promise.reject(new Error('REDIS_URL does not answer')) };
    await expect(climb([loud, rung('b', { found: 'B' })], options)).rejects.toThrow('REDIS_URL does not answer');
  });
});

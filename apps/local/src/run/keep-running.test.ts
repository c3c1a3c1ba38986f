import { describe, expect, it } from '@jest/globals';
import type { Exit, ServerProcess } from '@batch-gpt/local-servers';
import { keepRunning, type Happening } from './keep-running.ts';

const quick = { firstMs: 1, maxMs: 4, calmMs: 3_600_000 };

interface Fake extends ServerProcess {
  readonly end: (exit: Exit) => void;
}

function fakeProcess(pid: number): Fake {
  const { promise: exited, resolve: end } = Promise.withResolvers<Exit>();
  const stop = (): Promise<Exit> => {
    end({ code: 0, signal: null });
    return exited;
  };
  return {
    pid,
    exited,
    end,
    stop,
    lines: () => [],
    kill: (signal) => end({ code: null, signal }),
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

/** Starts fakes one after the other; `next` resolves with each once it is up. */
function startable(failures: readonly number[] = []) {
  const started: Fake[] = [];
  const waiting = new Map<number, (fake: Fake) => void>();
  let calls = 0;
  const start = (): Promise<Fake> => {
    calls += 1;
    if (failures.includes(calls)) return Promise.reject(new Error(`start ${calls} failed`));
    const fake = fakeProcess(calls);
    started.push(fake);
    waiting.get(started.length)?.(fake);
    return Promise.resolve(fake);
  };
  const nth = (index: number): Promise<Fake> => {
    const there = started[index - 1];
    if (there !== undefined) return Promise.resolve(there);
    const { promise, resolve } = Promise.withResolvers<Fake>();
    waiting.set(index, resolve);
    return promise;
  };
  return { start, nth, calls: () => calls };
}

describe('keeping a process running', () => {
  it('fails when the first start fails', async () => {
    const { start } = startable([1]);
    await expect(keepRunning({ start, report: () => undefined })).rejects.toThrow('start 1 failed');
  });

  it('starts again what ended by itself, and says so', async () => {
    const { start, nth } = startable();
    const happenings: Happening[] = [];
    await using _kept = await keepRunning({ start, report: (one) => happenings.push(one), backOff: quick });
    (await nth(1)).end({ code: 1, signal: null });
    await nth(2);
    expect(happenings).toContainEqual({ kind: 'ended', how: 'exit code 1', againInMs: 1 });
  });

  it('waits longer every time, up to a limit, and goes on after a start that failed', async () => {
    const { start, nth } = startable([3]);
    const pauses: number[] = [];
    const report = (one: Happening): void => {
      if (one.kind !== 'up') pauses.push(one.againInMs);
    };
    await using _kept = await keepRunning({ start, report, backOff: quick });
    (await nth(1)).kill('SIGKILL');
    (await nth(2)).kill('SIGKILL');
    (await nth(3)).kill('SIGKILL');
    await nth(4);
    expect(pauses).toEqual([1, 2, 4, 4]);
  });

  it('does not start again what it stopped', async () => {
    const { start, calls } = startable();
    const kept = await keepRunning({ start, report: () => undefined, backOff: quick });
    await kept[Symbol.asyncDispose]();
    expect(calls()).toBe(1);
  });

  it('stops while it waits to start again', async () => {
    const { start, nth, calls } = startable();
    const slow = { firstMs: 3_600_000, maxMs: 3_600_000, calmMs: 1 };
    const { promise: ended, resolve } = Promise.withResolvers<undefined>();
    const report = (one: Happening): void => {
      if (one.kind === 'ended') resolve(undefined);
    };
    const kept = await keepRunning({ start, report, backOff: slow });
    (await nth(1)).kill('SIGKILL');
    await ended;
    await kept[Symbol.asyncDispose]();
    expect(calls()).toBe(1);
  });
});

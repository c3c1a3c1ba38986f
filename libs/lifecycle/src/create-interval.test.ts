import { describe, expect, it } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { type Logger, silentLogger } from '@batch-gpt/logging';
import { createInterval } from './create-interval.ts';

const LONG = 600_000;

/** Resolves at the n-th call. */
function calls(n: number) {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let count = 0;
  const call = () => {
    count += 1;
    if (count === n) resolve(undefined);
  };
  return { reached: promise, call, count: () => count };
}

describe('createInterval', () => {
  it('repeats the turn', async () => {
    const turns = calls(3);
    await using _loop = createInterval(turns.call, 1, silentLogger);
    await turns.reached;
    expect(turns.count()).toBeGreaterThanOrEqual(3);
  });

  it('never lets two turns overlap', async () => {
    let running = 0;
    let most = 0;
    const turns = calls(3);
    const turn = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      turns.call();
    };
    await using _loop = createInterval(turn, 0, silentLogger);
    await turns.reached;
    expect(most).toBe(1);
  });

  it('waits for the first pause unless told otherwise', async () => {
    const turns = calls(1);
    const waiting = createInterval(turns.call, LONG, silentLogger, { unref: true });
    await waiting[Symbol.asyncDispose]();
    expect(turns.count()).toBe(0);
    await using _loop = createInterval(turns.call, LONG, silentLogger, { immediate: true });
    await turns.reached;
  });

  it('goes on after a turn that failed, and logs it as loudly as its code says', async () => {
    const lines: unknown[] = [];
    const warn: Logger['warn'] = (msg, fields) => lines.push(['warn', msg, fields]);
    const error: Logger['error'] = (msg, fields) => lines.push(['error', msg, fields]);
    const failures = [new AppError('store_unavailable', 'The store does not answer.'), new TypeError('bug')];
    const turns = calls(3);
    const turn = () => {
      turns.call();
      const failure = failures[turns.count() - 1];
      if (failure !== undefined) throw failure;
    };
    await using _loop = createInterval(turn, 1, { ...silentLogger, warn, error });
    await turns.reached;
    expect(lines).toEqual([
      ['warn', 'a repeated turn failed', { err: failures[0] }],
      ['error', 'a repeated turn failed', { err: failures[1] }],
    ]);
  });

  it('says of an outage when it begins and when it is over, and of a bug every time', async () => {
    const lines: unknown[] = [];
    const said =
      (level: string): Logger['warn'] =>
      (msg, fields) =>
        lines.push([level, msg, fields?.['err'] ?? fields?.['after']]);
    const away = new AppError('store_unavailable', 'The store does not answer.');
    const elsewhere = new AppError('queue_unavailable', 'Redis does not answer.');
    const bug = new TypeError('bug');
    const script = [null, away, away, away, elsewhere, bug, bug, null, null, away];
    const turns = calls(script.length + 1);
    const turn = () => {
      turns.call();
      const failure = script[turns.count() - 1] ?? null;
      if (failure !== null) throw failure;
    };
    const logger = { ...silentLogger, warn: said('warn'), error: said('error'), info: said('info') };
    await using _loop = createInterval(turn, 0, logger);
    await turns.reached;
    expect(lines.slice(0, 6)).toEqual([
      ['warn', 'a repeated turn failed', away],
      ['warn', 'a repeated turn failed', elsewhere],
      ['error', 'a repeated turn failed', bug],
      ['error', 'a repeated turn failed', bug],
      ['info', 'a repeated turn works again', 'internal_error'],
      ['warn', 'a repeated turn failed', away],
    ]);
  });

  it('aborts the running turn on disposal, waits for it, and starts no other', async () => {
    const started = calls(1);
    let ended = false;
    const loop = createInterval(
      async (signal) => {
        started.call();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await new Promise((resolve) => setTimeout(resolve, 5));
        ended = true;
        signal.throwIfAborted();
      },
      0,
      { ...silentLogger, error: () => started.call() },
    );
    await started.reached;
    await loop[Symbol.asyncDispose]();
    expect(ended).toBe(true);
    expect(started.count()).toBe(1);
    await loop[Symbol.asyncDispose]();
  });
});

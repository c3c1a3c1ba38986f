import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { type Logger, silentLogger } from '@batch-gpt/logging';
import { type ServiceProcess } from './service-process.ts';
import { watchForStop } from './watch-for-stop.ts';

class FakeProcess extends EventEmitter implements ServiceProcess {
  readonly stderr = { write: () => true };
  readonly exits: number[] = [];
  send?: unknown;
  connected?: boolean;
  exitCode?: number;
  exit = (code: number) => this.exits.push(code);
  getActiveResourcesInfo = () => [];
}

function watching(parent?: { connected: boolean }) {
  const host = new FakeProcess();
  if (parent !== undefined) Object.assign(host, { send: () => true, connected: parent.connected });
  const errors: unknown[] = [];
  const error: Logger['error'] = (_msg, fields) => errors.push(fields?.['err']);
  const clock = { time: 10_000 };
  const watch = watchForStop(
    host,
    () => clock.time,
    () => ({ ...silentLogger, error }),
  );
  return { host, watch, clock, errors };
}

describe('watchForStop', () => {
  it.each(['SIGTERM', 'SIGINT'])('stops on %s', async (signal) => {
    const { host, watch } = watching();
    expect(watch.signal.aborted).toBe(false);
    host.emit(signal);
    expect(await watch.asked).toBe(signal);
    expect(AppError.is(watch.signal.reason, 'shutting_down')).toBe(true);
    expect([host.exits, host.exitCode]).toEqual([[], undefined]);
  });

  it('ends at once on a signal that comes while stopping', () => {
    const { host, clock } = watching();
    host.emit('SIGTERM');
    clock.time += 500;
    host.emit('SIGINT');
    expect(host.exits).toEqual([130]);
  });

  it('takes a signal that was passed on twice for one', () => {
    const { host, clock } = watching();
    host.emit('SIGINT');
    clock.time += 499;
    host.emit('SIGINT');
    host.emit('SIGTERM');
    expect(host.exits).toEqual([]);
  });

  it.each(['uncaughtException', 'unhandledRejection'])('stops on %s with exit code 1 and logs it', async (event) => {
    const { host, watch, errors } = watching();
    const bug = new TypeError('bug');
    host.emit(event, bug);
    expect(await watch.asked).toBe(event);
    expect([host.exitCode, errors]).toEqual([1, [bug]]);
  });

  it('logs a bug during the stop and does not end the stop', () => {
    const { host, errors } = watching();
    host.emit('SIGTERM');
    host.emit('unhandledRejection', new TypeError('bug'));
    expect([host.exitCode, errors.length, host.exits]).toEqual([1, 1, []]);
  });

  it('stops when the parent goes, or has gone already', async () => {
    const { host, watch } = watching({ connected: true });
    expect(watch.signal.aborted).toBe(false);
    host.emit('disconnect');
    expect(await watch.asked).toBe('disconnect');
    expect(await watching({ connected: false }).watch.asked).toBe('disconnect');
  });

  it('leaves no listener behind', () => {
    const { host, watch } = watching({ connected: true });
    expect(host.eventNames()).toHaveLength(5);
    watch.release();
    expect(host.eventNames()).toEqual([]);
  });
});

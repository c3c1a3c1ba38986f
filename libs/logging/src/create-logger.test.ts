import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLogger, type LoggerOptions } from './create-logger.ts';
import { withLogContext } from './log-context.ts';
import { silentLogger } from './logger.ts';

function recording(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const logger = createLogger({ service: 'batcher', level: 'debug', format: 'json', write, ...options });
  const written = async () => {
    await logger.flush();
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return { logger, lines, written };
}

describe('createLogger', () => {
  it('writes one JSON object a line: time, level, message, origin, then the fields', async () => {
    const { logger, lines, written } = recording({ version: '1.2.3', pod: 'batcher-0' });
    logger.info('window closed', { lines: 12 });
    const [line] = await written();
    expect(Object.keys(line ?? {})).toEqual(['time', 'level', 'msg', 'service', 'version', 'pod', 'lines']);
    expect(line).toMatchObject({ level: 'info', msg: 'window closed', service: 'batcher', lines: 12 });
    expect(new Date(String(line?.['time'])).toISOString()).toBe(line?.['time']);
    expect(lines.join('')).not.toContain('\n');
  });

  it('leaves out what is below its level', async () => {
    const { logger, written } = recording({ level: 'warn' });
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    expect((await written()).map(({ msg }) => msg)).toEqual(['c', 'd']);
  });

  it('gives children the fields of their parents', async () => {
    const { logger, written } = recording();
    logger.child({ component: 'sweep' }).child({ account: 'default' }).warn('slow', { pages: 2 });
    expect(await written()).toMatchObject([{ component: 'sweep', account: 'default', pages: 2 }]);
  });

  it('never lets a field replace what the line is', async () => {
    const { logger, written } = recording();
    logger.warn('odd', { level: 'debug', msg: 'other', time: 0, service: 'gateway', message: 'kept' });
    expect(await written()).toMatchObject([
      {
        level: 'warn',
        msg: 'odd',
        service: 'batcher',
        level_: 'debug',
        msg_: 'other',
        service_: 'gateway',
        message: 'kept',
      },
    ]);
  });

  it('writes the line although a field throws when it is read', async () => {
    const { logger, written } = recording();
    const trap = {
      get size(): number {
        throw new RangeError('no');
      },
    };
    logger.warn('odd', { trap });
    expect(await written()).toMatchObject([{ msg: 'odd', unreadableFields: 'RangeError' }]);
  });

  it('goes on working after flush and disposal', async () => {
    const { logger, written } = recording();
    await logger[Symbol.asyncDispose]();
    logger.info('late');
    expect(await written()).toMatchObject([{ msg: 'late' }]);
  });

  it('writes for people as well', async () => {
    const { logger, lines } = recording({ format: 'pretty' });
    logger.child({ component: 'sweep' }).error('sweep failed', { pages: 2, err: new Error('gone') });
    await logger.flush();
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} ERROR batcher\/sweep: sweep failed pages=2 err=.*"gone"/);
    expect(lines[0]).toMatch(/\n {4}at /);
  });
});

describe('withLogContext', () => {
  it('joins every line inside, across awaits, and adds to an outer context', async () => {
    const { logger, written } = recording();
    await withLogContext({ batchId: 'batch_1' }, async () => {
      await setImmediate();
      withLogContext({ jobId: '7' }, () => logger.info('inner'));
      logger.info('outer');
    });
    logger.info('outside');
    const [inner, outer, outside] = await written();
    expect(inner).toMatchObject({ batchId: 'batch_1', jobId: '7' });
    expect(outer).toMatchObject({ batchId: 'batch_1' });
    expect(outer).not.toHaveProperty('jobId');
    expect(outside).not.toHaveProperty('batchId');
  });

  it('keeps concurrent work apart', async () => {
    const { logger, written } = recording();
    const work = (requestId: string) =>
      withLogContext({ requestId }, async () => {
        await setImmediate();
        logger.info('done', { expected: requestId });
      });
    await Promise.all(['a', 'b', 'c'].map(work));
    const lines = await written();
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line['requestId']).toBe(line['expected']);
  });
});

describe('silentLogger', () => {
  it('is a logger all the way down', () => {
    expect(silentLogger.child({ component: 'x' })).toBe(silentLogger);
    expect(() => silentLogger.error('x', { err: new Error('x') })).not.toThrow();
  });
});

import { type Logger, silentLogger } from '@batch-gpt/logging';
import { expect, test } from '@jest/globals';
import { logSparsely } from './log-sparsely.ts';

test('a storm of errors becomes one line', () => {
  const lines: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (msg, fields) => void lines.push({ msg, ...fields }) };
  const onError = logSparsely(logger, 'redis connection failed', { role: 'producer' });
  const err = new Error('connect ECONNREFUSED');
  for (let time = 0; time < 1_000; time += 1) onError(err);
  expect(lines).toEqual([{ msg: 'redis connection failed', role: 'producer', suppressed: 0, err }]);
});

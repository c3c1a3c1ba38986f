import { expect, test } from '@jest/globals';
import { chatReplay } from './chat-replay.ts';
import { completionReplay } from './completion-replay.ts';
import { responseReplay } from './response-replay.ts';

const error = { message: 'Broke.', type: 'server_error', param: null, code: 'batch_lost' };
const failed = { error, key: 'abc', model: 'gpt-4o-mini', acceptedAt: 1_700_000_000_999 };

test.each([chatReplay, completionReplay])(
  '%# a chunk whose error is raised, and no end of the stream',
  ({ failure }) => {
    expect([...failure(failed)]).toEqual([{ name: null, data: JSON.stringify({ error }) }]);
  },
);

test('a response: the nested error, then the response that failed', () => {
  const events = [...responseReplay.failure(failed)].map(({ name, data }): unknown[] => [name, JSON.parse(data)]);
  expect(events).toEqual([
    ['error', { type: 'error', sequence_number: 0, error }],
    [
      'response.failed',
      {
        type: 'response.failed',
        sequence_number: 1,
        response: {
          id: 'resp_abc',
          object: 'response',
          created_at: 1_700_000_000,
          status: 'failed',
          error: { code: 'batch_lost', message: 'Broke.' },
          incomplete_details: null,
          model: 'gpt-4o-mini',
          output: [],
          usage: null,
        },
      },
    ],
  ]);
});

test('an error without a code of its own still has one', () => {
  const [, last] = [...responseReplay.failure({ ...failed, error: { message: 'Broke.', code: null } })];
  expect(last?.data).toContain('"error":{"code":"server_error","message":"Broke."}');
});

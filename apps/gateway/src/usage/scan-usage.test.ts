import { describe, expect, it } from '@jest/globals';
import { endpointTable } from '@batch-gpt/domain';
import { createUsageScanner } from './scan-usage.ts';

const chat = endpointTable['/v1/chat/completions'];
const responses = endpointTable['/v1/responses'];

/** Reads a text that comes in pieces of this size. */
function scan(endpoint: typeof chat, text: string, pieces = 7) {
  const scanner = createUsageScanner((answer) => endpoint.readUsage(answer));
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += pieces) scanner.push(bytes.subarray(from, from + pieces));
  return scanner.usage();
}

const usage = {
  prompt_tokens: 10,
  completion_tokens: 3,
  total_tokens: 13,
  prompt_tokens_details: { cached_tokens: 4 },
};
const read = { inputTokens: 10, outputTokens: 3, cachedTokens: 4, totalTokens: 13 };

describe('the usage of an answer that passes by', () => {
  it('is read from JSON, compact or spread out', () => {
    const answer = { choices: [{ message: { content: 'hi' } }], usage, service_tier: 'priority' };
    expect(scan(chat, JSON.stringify(answer))).toEqual(read);
    expect(scan(chat, JSON.stringify(answer, null, 2), 1)).toEqual(read);
  });

  it('is that of the last event that has one', () => {
    const chunks = [
      { choices: [{}], usage: null },
      { choices: [], usage },
    ];
    expect(
      scan(chat, `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`),
    ).toEqual(read);
    const completed = {
      input_tokens: 5,
      output_tokens: 6,
      total_tokens: 11,
      input_tokens_details: { cached_tokens: 0 },
    };
    const event = { type: 'response.completed', response: { usage: completed, user: null, metadata: { a: 'b' } } };
    expect(scan(responses, `event: response.completed\ndata: ${JSON.stringify(event)}\n\n`)).toEqual({
      inputTokens: 5,
      outputTokens: 6,
      cachedTokens: 0,
      totalTokens: 11,
    });
  });

  it('is not what a text says', () => {
    const fake = '"usage":{"prompt_tokens":999,"completion_tokens":999}';
    expect(scan(chat, JSON.stringify({ choices: [{ message: { content: fake } }] }))).toBeNull();
    expect(scan(chat, JSON.stringify({ usage, note: fake }))).toEqual(read);
  });

  it('is found at the end of a very long answer', () => {
    const answer = JSON.stringify({ data: 'x'.repeat(3_000_000), usage });
    expect(scan(chat, answer, 65_536)).toEqual(read);
  });

  it.each(['', 'no json', '{"usage":', '{"usage":{"prompt_tokens":1', '{"usage":null}', '"usage":{a}'])(
    'is unknown in %j',
    (text) => {
      expect(scan(chat, text)).toBeNull();
    },
  );
});

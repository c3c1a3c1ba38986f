import { expect, test } from '@jest/globals';
import { completionReplay } from './completion-replay.ts';
import { type JsonObject } from './stream-replay.ts';
import { chunksOf } from './testing/accumulate.ts';
import { randomText, seeded } from './testing/random.ts';

const replay = (answer: unknown, includeUsage = false) => chunksOf(completionReplay.answer(answer, { includeUsage }));
const answerWith = (...choices: readonly JsonObject[]): JsonObject => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1,
  model: 'gpt-3.5-turbo-instruct',
  choices,
  usage: { total_tokens: 5 },
});
const choice = (text: string, more: JsonObject = {}): JsonObject => ({
  text,
  index: 0,
  logprobs: null,
  finish_reason: 'stop',
  ...more,
});

test('a text: its pieces, then its end; the chunks have the form of the answer', () => {
  const base = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'gpt-3.5-turbo-instruct' };
  expect(replay(answerWith(choice('Hello')))).toEqual([
    { ...base, choices: [choice('Hello', { finish_reason: null })] },
    { ...base, choices: [choice('')] },
  ]);
});

test('the usage comes alone and at the end where it was asked for', () => {
  const chunks = replay(answerWith(choice('Hello')), true);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 5 } });
  expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null]);
});

test.each(Array.from({ length: 100 }, (_one, seed) => seed))('seed %i: random choices come together again', (seed) => {
  const pick = seeded(seed);
  const choices = Array.from({ length: 1 + pick(3) }, (_one, index) => {
    const text = randomText(pick, 300);
    const tokens = pick(2) === 0 ? ['of', 'another'] : (text.match(/[^]{1,5}/gu) ?? []);
    const logprobs = {
      tokens,
      token_logprobs: tokens.map((_token, n) => (n === 0 ? null : -n)),
      top_logprobs: pick(2) === 0 ? null : tokens.map((token) => ({ [token]: -1 })),
      text_offset: tokens.map((_token, n) => n),
    };
    return choice(text, { index, logprobs: pick(3) === 0 ? null : logprobs, tomorrow: { a: 1 } });
  });
  const parts = replay(answerWith(...choices)).flatMap((chunk) => chunk['choices'] as readonly JsonObject[]);
  for (const whole of choices) {
    const own = parts.filter(({ index }) => index === whole['index']);
    expect(own.map(({ text }) => text).join('')).toBe(whole['text']);
    expect(own[0]).toMatchObject({ tomorrow: { a: 1 } });
    expect(own.slice(1).some((part) => 'tomorrow' in part)).toBe(false);
    expect(own.at(-1)?.['finish_reason']).toBe('stop');
    const logprobs = whole['logprobs'] as Record<string, unknown> | null;
    for (const [name, list] of Object.entries(logprobs ?? {})) {
      const shares = own.flatMap((part) => (part['logprobs'] as JsonObject | null)?.[name] ?? []);
      expect(shares).toEqual(list ?? []);
    }
  }
});

test.each([
  ['nothing', null],
  ['no choices', {}],
  ['a choice that is none', { choices: [5] }],
  ['a text that is none', { choices: [{ text: 5, logprobs: 'x' }] }],
])('%s still is a stream', (_name, answer) => {
  expect(replay(answer).length).toBeGreaterThan(0);
});

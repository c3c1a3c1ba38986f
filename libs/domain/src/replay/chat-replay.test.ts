import { describe, expect, test } from '@jest/globals';
import { chatReplay } from './chat-replay.ts';
import { type JsonObject } from './stream-replay.ts';
import { accumulateChat, chunksOf } from './testing/accumulate.ts';
import { chatAnswer, chatAnswers, choice } from './testing/sample-answers.ts';
import { randomText, seeded } from './testing/random.ts';

const replay = (answer: unknown, includeUsage = false) => chunksOf(chatReplay.answer(answer, { includeUsage }));
const deltas = (answer: unknown) =>
  replay(answer).flatMap(({ choices }) => (choices as readonly JsonObject[]).map(({ delta }) => delta));

describe.each(Object.entries(chatAnswers))('%s', (_name, answer) => {
  test('comes together as the answer that it was', () => {
    expect(accumulateChat(replay(answer, true))).toEqual(answer);
  });

  test('has one choice in each chunk, which opens with its role and ends with its reason', () => {
    const chunks = replay(answer);
    for (const { choices } of chunks) expect(choices).toHaveLength(1);
    const parts = chunks.flatMap(({ choices }) => choices as readonly JsonObject[]);
    for (const each of answer['choices'] as readonly JsonObject[]) {
      const own = parts.filter(({ index }) => index === each['index']);
      expect(own[0]).toMatchObject({ delta: { role: 'assistant' }, finish_reason: null });
      expect(own.at(-1)).toMatchObject({ delta: {}, logprobs: null, finish_reason: each['finish_reason'] });
      expect(own.slice(0, -1).filter(({ finish_reason }) => finish_reason !== null)).toEqual([]);
    }
  });

  test('names itself in every chunk', () => {
    for (const chunk of replay(answer)) {
      expect(chunk).toMatchObject({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1_700_000_000,
        model: 'gpt-4o-mini-2024-07-18',
        service_tier: 'default',
      });
      expect(chunk).not.toHaveProperty('usage');
    }
  });

  test('tells the usage where it was asked for, alone and at the end', () => {
    const chunks = replay(answer, true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: answer['usage'] });
    for (const chunk of chunks.slice(0, -1)) expect(chunk).toHaveProperty('usage', null);
  });
});

test('a text: role and an empty text, pieces, an empty end', () => {
  expect(deltas(chatAnswer([choice({ content: 'Hello' })]))).toEqual([
    { role: 'assistant', content: '', refusal: null },
    { content: 'Hello' },
    {},
  ]);
});

test('a refusal: the text is null, the refusal empty', () => {
  expect(deltas(chatAnswer([choice({ refusal: 'No.' })]))).toEqual([
    { role: 'assistant', content: null, refusal: '' },
    { refusal: 'No.' },
    {},
  ]);
});

const call = (id: string, name: string) => ({ id, type: 'function', function: { name, arguments: '{"a":1}' } });

test('an only tool call opens with the message', () => {
  expect(deltas(chatAnswer([choice({ tool_calls: [call('call_1', 'f')] })]))).toEqual([
    {
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }],
    },
    { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
    {},
  ]);
});

test('several open one after another', () => {
  expect(deltas(chatAnswer([choice({ tool_calls: [call('call_1', 'f'), call('call_2', 'g')] })]))).toEqual([
    { role: 'assistant', content: null, refusal: null },
    { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
    { tool_calls: [{ index: 1, id: 'call_2', type: 'function', function: { name: 'g', arguments: '' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{"a":1}' } }] },
    {},
  ]);
});

test('several choices open in order, whatever order they have, and then take turns', () => {
  const long = 'x'.repeat(150);
  const answer = chatAnswer([choice({ content: long }, { index: 1 }), choice({ content: long })]);
  const indexes = replay(answer).flatMap(({ choices }) => (choices as readonly JsonObject[]).map(({ index }) => index));
  expect(indexes).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
});

test('with log probabilities every piece has those of its own tokens', () => {
  const tokens = Array.from({ length: 100 }, (_one, n) => ({ token: ` ${n}`, logprob: -n, bytes: null }));
  const content = tokens.map(({ token }) => token).join('');
  const chunks = replay(chatAnswer([choice({ content }, { logprobs: { content: tokens, refusal: null } })]));
  const parts = chunks.flatMap(({ choices }) => choices as readonly JsonObject[]);
  expect(parts[0]).toMatchObject({ logprobs: { content: [], refusal: null } });
  expect(parts.length).toBeGreaterThan(4);
  for (const { delta, logprobs } of parts.slice(1, -1)) {
    const own = (logprobs as { content: { token: string }[] }).content;
    expect(own.map(({ token }) => token).join('')).toBe((delta as JsonObject)['content']);
  }
});

test('a long text has a bounded number of pieces', () => {
  const content = '😀'.repeat(1_000_000);
  expect(deltas(chatAnswer([choice({ content })])).length).toBeLessThan(4200);
});

test('numbers that a double cannot hold stay as they were', () => {
  const raw = JSON as typeof JSON & { readonly rawJSON: (text: string) => unknown };
  const answer = chatAnswer([choice({ content: 'x' })], { seed: raw.rawJSON('12345678901234567890') });
  const [first] = chatReplay.answer(answer, { includeUsage: false });
  expect(first?.data).toContain('"seed":12345678901234567890');
});

test.each([
  ['nothing', null],
  ['a list', []],
  ['no choices', { id: 'chatcmpl-1' }],
  ['empty choices', { id: 'chatcmpl-1', choices: [] }],
])('%s still is a stream', (_name, answer) => {
  expect(replay(answer)).toHaveLength(1);
});

test.each([
  ['no message', {}, { role: 'assistant' }],
  ['a text in parts', { message: { role: 'assistant', content: [{ type: 'text', text: 'x' }] } }, {}],
  ['calls that are no list', { message: { role: 'assistant', tool_calls: 'x' } }, {}],
  [
    'a call that is none',
    { message: { role: 'assistant', tool_calls: [{ id: 'x', type: 'new', new: { a: 1 } }] } },
    {},
  ],
  ['arguments that are no text', { message: { role: 'assistant', tool_calls: [{ function: { arguments: 5 } }] } }, {}],
  ['no audio', { message: { role: 'assistant', audio: null } }, {}],
  ['no calls', { message: { role: 'assistant', tool_calls: [] } }, {}],
])('%s is carried whole', (_name, odd, assumed) => {
  const [made] = accumulateChat(replay({ choices: [odd] }))['choices'] as readonly JsonObject[];
  const message = 'message' in odd ? odd.message : assumed;
  expect(made?.['message']).toEqual({ content: null, refusal: null, ...message });
});

test.each(Array.from({ length: 200 }, (_one, seed) => seed))('seed %i: random texts come together again', (seed) => {
  const pick = seeded(seed);
  const text = () => randomText(pick, pick(4) === 0 ? 3000 : 60);
  const tools = [
    { id: 'call_1', type: 'function', function: { name: 'f', arguments: text() } },
    { id: 'call_2', type: 'custom', custom: { name: 'g', input: text() } },
  ];
  const messages = [
    { content: text() },
    { refusal: text() },
    { content: text(), tool_calls: tools },
    { tool_calls: tools.slice(pick(2)) },
    { function_call: { name: 'f', arguments: text() } },
  ];
  const choices = Array.from({ length: 1 + pick(3) }, (_one, index) => {
    const message = messages[pick(messages.length)] ?? {};
    const said = String(Object.values(message)[0]);
    const tokens = said.match(/[^]{1,5}/gu)?.map((token) => ({ token })) ?? [];
    const kind = 'refusal' in message ? 'refusal' : 'content';
    const logprobs = pick(2) === 0 || !(kind in message) ? null : { content: null, refusal: null, [kind]: tokens };
    return choice(message, { index, logprobs });
  });
  const answer = chatAnswer(choices);
  const chunks = replay(answer, true);
  expect(accumulateChat(chunks)).toEqual(answer);
});

test('no piece ends between the halves of a pair', () => {
  for (let shift = 0; shift < 130; shift += 1) {
    const content = `${'x'.repeat(shift)}${'😀'.repeat(100)}`;
    for (const piece of textsIn(replay(chatAnswer([choice({ content })])))) expect(piece.isWellFormed()).toBe(true);
  }
});

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

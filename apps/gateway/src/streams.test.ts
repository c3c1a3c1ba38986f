/* What the official client makes of our streams, beside what it makes of the same answers in one piece. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { chatSamples, completionSamples, responseSamples, type Sample } from './testing/sample-answers.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-any', maxRetries: 0 });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const asking = (text: string) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: text }] });
const withUsage = { stream_options: { include_usage: true } };

/** What the client makes of an answer that comes while it waits. */
async function afterHold<T>(sample: Sample, call: () => PromiseLike<T>): Promise<T> {
  const made = call();
  await gateway.held(1);
  await gateway.finish({ body: JSON.stringify(sample) });
  return made;
}

// field 17
describe.each(Object.entries(chatSamples))('a chat completion: %s', (name, sample) => {
  test('is put together as in one piece', async () => {
    const whole = await afterHold(sample, () => client.chat.completions.create(asking(name)));
    const streamed = await client.chat.completions.stream({ ...asking(name), ...withUsage }).finalChatCompletion();
    expect(whole).toEqual(sample);
    expect(streamed).toMatchObject(whole);
  });

  test('can be read chunk by chunk', async () => {
    const stream = await client.chat.completions.create({ ...asking(name), stream: true });
    const chunks = await Array.fromAsync(stream);
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']));
    expect(chunks.filter(({ usage }) => usage !== undefined)).toEqual([]);
    expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
  });
});

describe.each(Object.entries(responseSamples))('a response: %s', (name, sample) => {
  test('is put together as in one piece', async () => {
    const body = { model: 'gpt-4o-mini', input: name };
    const whole = await afterHold(sample, () => client.responses.create(body));
    const streamed = await client.responses.stream(body).finalResponse();
    expect(whole).toMatchObject(sample);
    expect(streamed).toMatchObject(sample);
    expect(streamed.output_text).toBe(whole.output_text);
  });

  test('can be read event by event, none of which is missing', async () => {
    const stream = await client.responses.create({ model: 'gpt-4o-mini', input: name, stream: true });
    const events = await Array.fromAsync(stream);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, n) => n));
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress']);
    expect(types.at(-1)).toBe(`response.${String(sample['status'])}`);
    const output = sample['output'] as readonly Sample[];
    expect(types.filter((type) => type === 'response.output_item.done')).toHaveLength(output.length);
    expect(events.at(-1)).toMatchObject({ response: sample });
  });
});

describe.each(Object.entries(completionSamples))('a completion: %s', (name, sample) => {
  test('is put together as in one piece', async () => {
    const body = { model: 'gpt-3.5-turbo-instruct', prompt: name };
    await afterHold(sample, () => client.completions.create(body));
    const stream = await client.completions.create({ ...body, ...withUsage, stream: true });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: sample['usage'] });
    const parts = chunks.flatMap(({ choices }) => choices);
    for (const choice of sample['choices'] as readonly Sample[]) {
      const own = parts.filter(({ index }) => index === choice['index']);
      expect(own.map(({ text }) => text).join('')).toBe(choice['text']);
      expect(own.at(-1)?.finish_reason).toBe(choice['finish_reason']);
      const tokens = own.flatMap(({ logprobs }) => logprobs?.tokens ?? []);
      const offsets = own.flatMap(({ logprobs }) => logprobs?.text_offset ?? []);
      expect([tokens, offsets]).toEqual(listsOf(choice['logprobs']));
    }
  });
});

function listsOf(logprobs: unknown): readonly unknown[] {
  const { tokens = [], text_offset = [] } = (logprobs ?? {}) as Sample;
  return [tokens, text_offset];
}

test('numbers that a double cannot hold reach the client as they were', async () => {
  const body = { ...asking('long numbers'), stream: true };
  const call = gateway.post(body);
  await gateway.held(1);
  await gateway.finish({ body: '{"id":"x","object":"chat.completion","seed":12345678901234567890,"choices":[]}' });
  expect(await (await call).text()).toContain('"seed":12345678901234567890');
});

test('a stream and an answer in one piece are the same call', async () => {
  const calls = [
    client.chat.completions.create(asking('shared')),
    client.chat.completions.stream(asking('shared')).finalChatCompletion(),
    client.chat.completions.stream({ ...asking('shared'), ...withUsage }).finalChatCompletion(),
  ];
  await gateway.held(3);
  const { keys } = await gateway.finish({ body: JSON.stringify(chatSamples['text']) });
  expect(keys).toHaveLength(1);
  const answers = await Promise.all(calls);
  expect(new Set(answers.map(({ choices }) => choices[0]?.message.content)).size).toBe(1);
});

import assert from 'node:assert/strict';
import { answerTextFor } from '@batch-gpt/simulator';
import { echo } from './chat-cases.ts';
import { errorOf, expectContains } from './expect-error.ts';
import { chatBody, type NodeCases } from './node-kit.ts';
import { weatherTool } from './tools.ts';

const withUsage = { stream: true, stream_options: { include_usage: true } } as const;

export const streamCases: NodeCases = {
  'chat streamed, chunk by chunk': async ({ client, say }) => {
    const body = chatBody(say('in pieces 🧊'));
    const chunks = await Array.fromAsync(await client().chat.completions.create({ ...body, ...withUsage }));
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    assert.equal(text, answerTextFor('/v1/chat/completions', body));
    assert.deepEqual(new Set(chunks.map(({ object }) => object)), new Set(['chat.completion.chunk']));
    assert.equal(chunks.flatMap(({ choices }) => choices).at(-1)?.finish_reason, 'stop');
    assert.ok((chunks.at(-1)?.usage?.total_tokens ?? 0) > 0);
  },

  'chat streamed, by the helper': async ({ client, say }) => {
    const body = { ...chatBody(say('put together')), n: 2 };
    const streamed = await client()
      .chat.completions.stream({ ...body, ...withUsage })
      .finalChatCompletion();
    expectContains(streamed, await client().chat.completions.create(body));
  },

  'chat with tools streamed, by the helper': async ({ client, say }) => {
    const body = {
      ...chatBody(say('[[simulate:tool_call]]')),
      tools: [{ type: 'function' as const, function: weatherTool }],
    };
    const stream = client().chat.completions.stream({ ...body, ...withUsage });
    const call = await stream.finalFunctionToolCall();
    assert.equal(call?.name, weatherTool.name);
    expectContains(await stream.finalChatCompletion(), await client().chat.completions.create(body));
  },

  'chat parsed into a structure streamed, by the helper': async ({ client, say, sdk }) => {
    const content = say('as a structure');
    const response_format = sdk.zodResponseFormat(echo, 'echo');
    const completion = await client()
      .chat.completions.stream({ ...chatBody(content), response_format })
      .finalChatCompletion();
    assert.equal(completion.choices[0]?.message.parsed?.text, content);
  },

  'completions streamed': async ({ client, say }) => {
    const body = { model: 'gpt-3.5-turbo-instruct', prompt: say('to be continued'), max_tokens: 100 };
    const chunks = await Array.fromAsync(await client().completions.create({ ...body, ...withUsage }));
    const whole = await client().completions.create(body);
    const choices = chunks.flatMap((chunk) => chunk.choices);
    assert.equal(choices.map(({ text }) => text).join(''), whole.choices[0]?.text);
    assert.equal(choices.at(-1)?.finish_reason, 'stop');
    assert.deepEqual(chunks.at(-1)?.usage, whole.usage);
  },

  'responses streamed, event by event': async ({ client, say }) => {
    const body = { model: 'gpt-6-luna', input: say('in events') };
    const events = await Array.fromAsync(await client().responses.create({ ...body, stream: true }));
    assert.deepEqual(
      events.map(({ sequence_number: number }) => number),
      events.map((_event, index) => index),
    );
    const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
    assert.equal(text, answerTextFor('/v1/responses', body));
    assert.equal(events[0]?.type, 'response.created');
    const last = events.at(-1);
    assert.ok(last?.type === 'response.completed');
    expectContains(last.response, await client().responses.create(body), ['output_text']);
  },

  'responses streamed, by the helper': async ({ client, say }) => {
    const body = { model: 'gpt-6-luna', input: say('put together') };
    const streamed = await client().responses.stream(body).finalResponse();
    const whole = await client().responses.create(body);
    assert.equal(whole.output_text, answerTextFor('/v1/responses', body));
    // The text is a convenience of the client's own, which version 6 has only here.
    expectContains(streamed, whole, ['output_text']);
  },

  'error 400 inside a stream': async ({ client, say, sdk }) => {
    const code = 'integer_below_min_value';
    const content = say('[[simulate:400]]');
    const stream = await client().chat.completions.create({ ...chatBody(content), stream: true });
    const error = await errorOf(Array.fromAsync(stream));
    assert.ok(error instanceof sdk.openai.APIError && error.code === code, String(error));
    // Now that the failure is known it has its status, whichever way the call is made.
    const again = await errorOf(client().chat.completions.create({ ...chatBody(content), stream: true }));
    assert.ok(again instanceof sdk.openai.BadRequestError && again.code === code, String(again));
    const body = { model: 'gpt-6-luna', input: content };
    const events = await client().responses.create({ ...body, stream: true });
    const failure = await errorOf(Array.fromAsync(events));
    assert.ok(failure instanceof sdk.openai.APIError && failure.code === code, String(failure));
  },
};

import assert from 'node:assert/strict';
import { answerTextFor } from '@batch-gpt/simulator';
import { z } from 'zod';
import { chatBody, type NodeCases } from './node-kit.ts';
import { weatherTool } from './tools.ts';

/** What the simulator answers where a structure is asked for. */
export const echo = z.object({ echo: z.string(), text: z.string() });

export const chatCases: NodeCases = {
  chat: async ({ client, say }) => {
    const body = chatBody(say('how are you? 🧊'));
    const completion = await client().chat.completions.create(body);
    assert.equal(completion.object, 'chat.completion');
    assert.equal(completion.choices[0]?.message.content, answerTextFor('/v1/chat/completions', body));
    assert.equal(completion.choices[0].finish_reason, 'stop');
    assert.ok((completion.usage?.total_tokens ?? 0) > 0);
    assert.ok(completion._request_id);
  },

  'chat with several choices': async ({ client, say }) => {
    const body = { ...chatBody(say('twice')), n: 2, seed: 9007199254740991 };
    const { choices } = await client().chat.completions.create(body);
    const text = answerTextFor('/v1/chat/completions', body);
    assert.deepEqual(
      choices.map(({ message }) => message.content),
      [text, `${text} (choice 1)`],
    );
  },

  'chat with the headers that say what happened': async ({ client, say }) => {
    const body = chatBody(say('once'));
    const first = await client().chat.completions.create(body).withResponse();
    const again = await client().chat.completions.create(body).withResponse();
    assert.doesNotMatch(first.response.headers.get('cache-status') ?? '', /hit/);
    assert.match(again.response.headers.get('cache-status') ?? '', /hit/);
    assert.deepEqual(again.data, first.data);
    assert.match(first.response.headers.get('batch-id') ?? '', /^batch_/);
    assert.equal(again.response.headers.get('batch-id'), first.response.headers.get('batch-id'));
  },

  'chat with tools': async ({ client, say }) => {
    const completion = await client().chat.completions.create({
      ...chatBody(say('[[simulate:tool_call]]')),
      tools: [{ type: 'function', function: weatherTool }],
    });
    const [choice] = completion.choices;
    const [call] = choice?.message.tool_calls ?? [];
    assert.equal(choice?.finish_reason, 'tool_calls');
    assert.ok(call?.type === 'function' && call.function.name === weatherTool.name);
    assert.match(call.function.arguments, /^\{"echo":"[0-9a-f]{16}"\}$/);
  },

  'chat parsed into a structure': async ({ client, say, sdk }) => {
    const content = say('as a structure');
    const completion = await client().chat.completions.parse({
      ...chatBody(content),
      response_format: sdk.zodResponseFormat(echo, 'echo'),
    });
    const parsed = completion.choices[0]?.message.parsed;
    assert.match(parsed?.echo ?? '', /^[0-9a-f]{16}$/);
    assert.equal(parsed?.text, content);
  },
};

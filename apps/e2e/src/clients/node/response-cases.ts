import assert from 'node:assert/strict';
import { answerTextFor } from '@batch-gpt/simulator';
import { echo } from './chat-cases.ts';
import type { NodeCases } from './node-kit.ts';
import { weatherTool } from './tools.ts';

const model = 'gpt-6-luna';

export const responseCases: NodeCases = {
  responses: async ({ client, say }) => {
    const body = { model, input: say('hello'), instructions: 'Be short.' };
    const response = await client().responses.create(body);
    assert.equal(response.status, 'completed');
    assert.equal(response.output_text, answerTextFor('/v1/responses', body));
    assert.equal(response.instructions, 'Be short.');
  },

  'responses with tools': async ({ client, say }) => {
    const { output } = await client().responses.create({
      model,
      input: say('[[simulate:tool_call]]'),
      tools: [{ type: 'function', ...weatherTool }],
    });
    const [call] = output;
    assert.ok(call?.type === 'function_call' && call.name === weatherTool.name);
  },

  'responses parsed into a structure': async ({ client, say, sdk }) => {
    const input = say('as a structure');
    const format = sdk.zodTextFormat(echo, 'echo');
    const response = await client().responses.parse({ model, input, text: { format } });
    assert.equal(response.output_parsed?.text, input);
  },
};

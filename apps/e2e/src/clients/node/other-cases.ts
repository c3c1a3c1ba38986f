import assert from 'node:assert/strict';
import { answerTextFor } from '@batch-gpt/simulator';
import { eventually } from '@batch-gpt/testing';
import { z } from 'zod';
import { expectError } from './expect-error.ts';
import { chatBody, type NodeCases } from './node-kit.ts';

const handle = z.object({ id: z.string(), object: z.literal('batch_gpt.request'), state: z.string() });
const answered = z.object({
  state: z.literal('done'),
  response: z.object({ status_code: z.literal(200), body: z.looseObject({ object: z.string() }) }),
});

export const otherCases: NodeCases = {
  completions: async ({ client, say }) => {
    const body = { model: 'gpt-3.5-turbo-instruct', prompt: say('once upon a time'), max_tokens: 100 };
    const completion = await client().completions.create(body);
    assert.equal(completion.choices[0]?.text, answerTextFor('/v1/completions', body));
  },

  moderations: async ({ client, say }) => {
    const { results } = await client().moderations.create({
      model: 'omni-moderation-latest',
      input: say('kind words'),
    });
    assert.equal(results[0]?.flagged, false);
  },

  images: async ({ client, say }) => {
    const { data } = await client().images.generate({ model: 'gpt-image-2', prompt: say('a glacier') });
    assert.ok(data?.[0]?.b64_json);
  },

  'a handle instead of an answer': async ({ client, say }) => {
    const body = chatBody(say('later'));
    const headers = { prefer: 'respond-async' };
    const { data, response } = await client().chat.completions.create(body, { headers }).withResponse();
    assert.equal(response.status, 202);
    const { id } = handle.parse(data);
    const location = response.headers.get('location') ?? '';
    assert.equal(location, `/v1/requests/${id}`);
    const { response: answer } = await eventually(async () =>
      answered.parse(await client().get(location.replace('/v1', ''))),
    );
    assert.deepEqual(answer.body, { ...(await client().chat.completions.create(body)) });
  },

  models: async (kit) => {
    const ids = (await Array.fromAsync(kit.client().models.list())).map(({ id }) => id);
    assert.ok(ids.includes('gpt-6-luna'));
    assert.equal((await kit.client().models.retrieve('gpt-6-luna')).object, 'model');
    const unknown = kit.client().models.retrieve('gpt-0-nowhere');
    await expectError(kit, unknown, 'NotFoundError', { status: 404, code: 'model_not_found' });
  },
};

import assert from 'node:assert/strict';
import { answerTextFor } from '@batch-gpt/simulator';
import { eventually } from '@batch-gpt/testing';
import { expectError } from './expect-error.ts';
import { chatBody, type NodeCases } from './node-kit.ts';

export const relayCases: NodeCases = {
  'files and batches of its own, through the relay': async (kit) => {
    const relayed = kit.client({}, 'relaying');
    const body = chatBody(kit.say('a line of its own'));
    const line = { custom_id: 'one', method: 'POST', url: '/v1/chat/completions', body };
    const file = await relayed.files.create({
      file: await kit.sdk.openai.toFile(Buffer.from(`${JSON.stringify(line)}\n`), 'lines.jsonl'),
      purpose: 'batch',
    });
    const { id } = await relayed.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    const batch = await eventually(async () => {
      const seen = await relayed.batches.retrieve(id);
      return seen.status === 'completed' && seen;
    });
    const results = await relayed.files.content(batch.output_file_id ?? '');
    assert.ok((await results.text()).includes(answerTextFor('/v1/chat/completions', body)));
    assert.equal((await relayed.files.delete(file.id)).deleted, true);

    const notRelayed = kit.client().files.retrieve(file.id);
    await expectError(kit, notRelayed, 'NotFoundError', { status: 404, code: 'unknown_route' });
  },

  'a realtime call, through the relay': async ({ client, say, linesRun }) => {
    const before = await linesRun();
    const body = { ...chatBody(say('at once')), service_tier: 'priority' as const };
    const create = client({}, 'relaying').chat.completions.create(body);
    const { data, response } = await create.withResponse();
    assert.equal(data.choices[0]?.message.content, answerTextFor('/v1/chat/completions', body));
    assert.equal(response.headers.get('batch-mode'), 'realtime');
    assert.equal(await linesRun(), before);
  },
};

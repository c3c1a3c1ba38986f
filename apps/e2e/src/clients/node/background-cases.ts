import assert from 'node:assert/strict';
import { answerTextFor } from '@batch-gpt/simulator';
import { eventually } from '@batch-gpt/testing';
import { expectError } from './expect-error.ts';
import type { NodeCases, NodeKit } from './node-kit.ts';

const bodyOf = (input: string) => ({ model: 'gpt-6-luna', input, background: true });

const completed = ({ client }: NodeKit, id: string) =>
  eventually(async () => {
    const response = await client().responses.retrieve(id);
    return response.status === 'completed' && response;
  });

export const backgroundCases: NodeCases = {
  'responses in the background': async (kit) => {
    const body = bodyOf(kit.say('whenever'));
    const queued = await kit.client().responses.create(body);
    assert.equal(queued.status, 'queued');
    assert.match(queued.id, /^resp_/);
    const response = await completed(kit, queued.id);
    assert.equal(response.id, queued.id);
    assert.equal(response.background, true);
    assert.equal(response.output_text, answerTextFor('/v1/responses', body));
  },

  'responses in the background, read as a stream': async (kit) => {
    const body = bodyOf(kit.say('whenever, then in events'));
    const { id } = await kit.client().responses.create(body);
    await completed(kit, id);
    const events = await Array.fromAsync(await kit.client().responses.retrieve(id, { stream: true }));
    const last = events.at(-1);
    assert.ok(last?.type === 'response.completed' && last.response.id === id);
    const after = { stream: true, starting_after: 2 } as const;
    const rest = await Array.fromAsync(await kit.client().responses.retrieve(id, after));
    assert.deepEqual(rest, events.slice(3));
  },

  'responses in the background, streamed while they are made': async (kit) => {
    const body = { ...bodyOf(kit.say('whenever, but tell me')), stream: true } as const;
    const events = await Array.fromAsync(await kit.client().responses.create(body));
    const [created, queued] = events;
    assert.ok(created?.type === 'response.created' && queued?.type === 'response.queued');
    const last = events.at(-1);
    assert.ok(last?.type === 'response.completed' && last.response.id === created.response.id);
    const after = { stream: true, starting_after: 1 } as const;
    const rest = await Array.fromAsync(await kit.client().responses.retrieve(created.response.id, after));
    assert.deepEqual(rest.slice(1), events.slice(3));
  },

  'responses in the background, cancelled': async (kit) => {
    await using _held = await kit.holding();
    const { id } = await kit.client().responses.create(bodyOf(kit.say('never mind')));
    assert.equal((await kit.client().responses.cancel(id)).status, 'cancelled');
    assert.equal((await kit.client().responses.retrieve(id)).status, 'cancelled');
  },

  'responses in the background, deleted': async (kit) => {
    const { id } = await kit.client().responses.create(bodyOf(kit.say('to be forgotten')));
    await completed(kit, id);
    await kit.client().responses.delete(id);
    const gone = kit.client().responses.retrieve(id);
    await expectError(kit, gone, 'NotFoundError', { status: 404, code: 'response_not_found' });
  },
};

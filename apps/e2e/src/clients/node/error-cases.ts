import assert from 'node:assert/strict';
import { batchInProgress, finishedBatch } from './batch-cases.ts';
import { expectError, type ErrorName } from './expect-error.ts';
import { chatBody, type NodeCase, type NodeCases } from './node-kit.ts';

/** A line that the provider refuses: its own status, code and message reach the caller, and nothing is sent twice. */
const refused =
  (status: number, name: ErrorName, code: string): NodeCase =>
  async (kit) => {
    const before = await kit.linesRun();
    const call = kit.client().chat.completions.create(chatBody(kit.say(`[[simulate:${status}]]`)));
    await expectError(kit, call, name, { status, code, type: 'invalid_request_error' });
    assert.equal(await kit.linesRun(), before + 1);
  };

export const errorCases: NodeCases = {
  'error 400 from the gateway': async (kit) => {
    const { chat, embeddings } = kit.client();
    const noMessages = chat.completions.create({ model: 'gpt-6-luna' } as never);
    const code = 'missing_required_parameter';
    await expectError(kit, noMessages, 'BadRequestError', { status: 400, code, param: 'messages' });
    const noInput = embeddings.create({ model: 'text-embedding-3-small' } as never);
    await expectError(kit, noInput, 'BadRequestError', { status: 400, code, param: 'input' });
  },
  'error 400 from the provider': refused(400, 'BadRequestError', 'integer_below_min_value'),
  'error 401 from the provider': refused(401, 'AuthenticationError', 'invalid_api_key'),
  'error 401 of an unknown key': async (kit) => {
    const stranger = kit.client({ apiKey: 'sk-stranger' }, 'keyed');
    const chat = stranger.chat.completions.create(chatBody(kit.say('let me in')));
    await expectError(kit, chat, 'AuthenticationError', { status: 401, code: 'invalid_api_key' });
    const list = stranger.batches.retrieve('batch_any');
    await expectError(kit, list, 'AuthenticationError', { status: 401, code: 'invalid_api_key' });
  },
  'error 403 from the provider': refused(403, 'PermissionDeniedError', 'content_policy_violation'),

  'error 403 of a model that the key may not use': async (kit) => {
    const { chat } = kit.client({ apiKey: kit.limitedKey }, 'keyed');
    const call = chat.completions.create({ ...chatBody(kit.say('too dear')), model: 'gpt-5.4-pro' });
    const fields = { status: 403, code: 'model_not_allowed', param: 'model' };
    await expectError(kit, call, 'PermissionDeniedError', fields);
  },

  'error 404 from the gateway': async (kit) => {
    const unknown = kit.client().batches.retrieve('batch_nobody_knows');
    await expectError(kit, unknown, 'NotFoundError', { status: 404, code: 'batch_not_found' });
    const elsewhere = kit.client().get('/nowhere');
    await expectError(kit, elsewhere, 'NotFoundError', { status: 404, code: 'unknown_route' });
  },
  'error 404 from the provider': refused(404, 'NotFoundError', 'model_not_found'),

  'error 409 of a finished batch': async (kit) => {
    const batch = await finishedBatch(kit.client(), kit.say('finished'));
    const cancel = kit.client().batches.cancel(batch.id);
    await expectError(kit, cancel, 'ConflictError', { status: 409, code: 'batch_not_cancellable' });
  },
  'error 409 of an Idempotency-Key with another body': async (kit) => {
    const { chat } = kit.client();
    const headers = { 'idempotency-key': kit.say('key').replace(/[^a-z0-9]/g, '-') };
    const once = () => chat.completions.create(chatBody(kit.say('pay')), { headers });
    const first = await once();
    assert.deepEqual(await once(), first);
    const other = chat.completions.create(chatBody(kit.say('pay more')), { headers });
    await expectError(kit, other, 'ConflictError', { status: 409, code: 'idempotency_key_reused' });
  },
  'error 422 from the provider': refused(422, 'UnprocessableEntityError', 'unprocessable_content'),

  'error 429 until there is room': async (kit) => {
    await using provider = await kit.holding();
    const narrow = kit.client({ maxRetries: 0 }, 'narrow');
    const first = narrow.chat.completions.create(chatBody(kit.say('takes the only place')));
    await batchInProgress(kit.client());
    const second = () => narrow.chat.completions.create(chatBody(kit.say('finds no place')));
    const fields = { status: 429, code: 'too_many_waiters', type: 'rate_limit_error' };
    await expectError(kit, second(), 'RateLimitError', fields);
    await provider.release();
    await first;
    await second();
  },

  'error 429 of a limit per minute': async (kit) => {
    // One new request a minute is what this key may make.
    const { chat } = kit.client({ apiKey: kit.limitedKey, maxRetries: 0 }, 'keyed');
    await chat.completions.create(chatBody(kit.say('the first')));
    const second = chat.completions.create(chatBody(kit.say('the second')));
    const fields = { status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' };
    await expectError(kit, second, 'RateLimitError', fields);
    // What is answered already is no new request.
    await chat.completions.create(chatBody(kit.say('the first')));
  },

  'error 5xx when every attempt failed': async (kit) => {
    const before = await kit.linesRun();
    const call = kit.client().chat.completions.create(chatBody(kit.say('[[simulate:500]]')));
    const fields = { status: 502, code: 'attempts_exhausted', type: 'server_error' };
    await expectError(kit, call, 'InternalServerError', fields);
    // All three attempts are the batch's own: the client was told not to add any.
    assert.equal(await kit.linesRun(), before + 3);
  },
};

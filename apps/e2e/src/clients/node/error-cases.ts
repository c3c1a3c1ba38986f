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
  'error 403 from the provider': refused(403, 'PermissionDeniedError', 'content_policy_violation'),

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

  'error 5xx when every attempt failed': async (kit) => {
    const before = await kit.linesRun();
    const call = kit.client().chat.completions.create(chatBody(kit.say('[[simulate:500]]')));
    const fields = { status: 502, code: 'attempts_exhausted', type: 'server_error' };
    await expectError(kit, call, 'InternalServerError', fields);
    // All three attempts are the batch's own: the client was told not to add any.
    assert.equal(await kit.linesRun(), before + 3);
  },
};

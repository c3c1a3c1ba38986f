import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI, { toFile } from 'openai';
import { answerFor, answerTextFor } from './answers/answer-for.ts';
import { createSimulator, type Simulator } from './create-simulator.ts';
import { faultMenu } from './faults/fault-menu.ts';
import { chatLine } from './testing/chat-line.ts';
import { clientOf, control, reach, rowsOf, submit, upload } from './testing/client-of.ts';

const fast = { validatingMs: 1, inProgressMs: 1, finalizingMs: 1, cancellingMs: 1 };
let simulator: Simulator;
let client: OpenAI;

beforeEach(async () => {
  simulator = await createSimulator({ settings: fast, maxBatchFileBytes: 1000, maxFileBytes: 2000 });
  client = clientOf(simulator);
});
afterEach(() => simulator.close());

const order = { input_file_id: 'file-x', endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
const createRaw = (body: unknown) => client.post('/batches', { body });
const uploadRaw = async (name: string, text: string, purpose = 'batch') =>
  client.files.create({ purpose: purpose as 'batch', file: await toFile(Buffer.from(text), name) });

describe('every answer', () => {
  test('has a request id and a processing time; a refusal has the four keys', async () => {
    const response = await fetch(`${simulator.baseUrl}/nowhere`, { headers: { authorization: 'Bearer k' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get('openai-processing-ms')).toMatch(/^\d+$/);
    expect(await response.json()).toEqual({
      error: { message: 'Invalid URL (GET /v1/nowhere)', type: 'invalid_request_error', param: null, code: null },
    });
  });

  test('without a key is 401', async () => {
    const response = await fetch(`${simulator.baseUrl}/models`);
    expect(response.status).toBe(401);
  });

  test('with configured keys takes no other', async () => {
    await using guarded = await createSimulator({ apiKeys: ['sk-right'] });
    const wrong = new OpenAI({ apiKey: 'sk-wrong', baseURL: guarded.baseUrl, maxRetries: 0 });
    await expect(wrong.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    const right = new OpenAI({ apiKey: 'sk-right', baseURL: guarded.baseUrl, maxRetries: 0 });
    expect((await right.models.list()).data.length).toBeGreaterThan(5);
  });
});

describe('files', () => {
  test('an upload comes back as it was sent and can be listed and deleted', async () => {
    const text = `${JSON.stringify(chatLine('a', 'grüße \u2028 x'))}\n`;
    const file = await uploadRaw('in.jsonl', text);
    expect(file).toMatchObject({
      object: 'file',
      bytes: Buffer.byteLength(text),
      filename: 'in.jsonl',
      purpose: 'batch',
      status: 'processed',
      expires_at: file.created_at + 2_592_000,
    });
    expect(file.id).toMatch(/^file-[A-Za-z0-9]{22}$/);
    const content = await client.files.content(file.id);
    expect(content.headers.get('content-length')).toBe(String(file.bytes));
    expect(await content.text()).toBe(text);
    expect((await client.files.list({ purpose: 'batch' })).data).toEqual([file]);
    expect((await client.files.list({ purpose: 'evals' })).data).toEqual([]);
    expect(await client.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true });
    await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
  });

  test('expires_after is kept, and refused out of bounds', async () => {
    const file = await toFile(Buffer.from('{}\n'), 'in.jsonl');
    const kept = await client.files.create({
      purpose: 'batch',
      file,
      expires_after: { anchor: 'created_at', seconds: 3600 },
    });
    expect(kept.expires_at).toBe(kept.created_at + 3600);
    const short = client.files.create({ purpose: 'batch', file, expires_after: { anchor: 'created_at', seconds: 10 } });
    await expect(short).rejects.toMatchObject({ status: 400, code: 'integer_below_min_value' });
  });

  test.each([
    ['a name without .jsonl', 'in.txt', '{}\n', 'batch', 'Must be .jsonl'],
    ['an empty file', 'in.jsonl', '', 'batch', 'Invalid file format'],
    ['a first line that is no JSON', 'in.jsonl', 'hello\n{}\n', 'batch', 'Invalid file format'],
    ['more bytes than a batch input may have', 'in.jsonl', `{}\n${'x'.repeat(1000)}`, 'batch', 'File is too large'],
    ['more bytes than any file may have', 'in.jsonl', 'x'.repeat(2001), 'evals', 'File is too large'],
    ['an unknown purpose', 'in.jsonl', '{}\n', 'fun', "Invalid value for 'purpose'"],
  ])('%s is refused', async (_case, name, text, purpose, message) => {
    await expect(uploadRaw(name, text, purpose)).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(message),
    });
    expect(simulator.ledger.totals().files).toBe(0);
  });

  test('a bad later line is accepted at upload', async () => {
    expect((await uploadRaw('in.jsonl', '{}\nhello\n')).bytes).toBe(9);
  });

  test('an upload that is broken off leaves nothing', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'uploads-'));
    try {
      await using other = await createSimulator({ dataDir });
      const { hostname, port } = new URL(other.url);
      const headers = { authorization: 'Bearer k', 'content-type': 'multipart/form-data; boundary=b' };
      const sent = httpRequest({ hostname, port, path: '/v1/files', method: 'POST', headers });
      sent.on('error', () => undefined);
      sent.write('--b\r\ncontent-disposition: form-data; name="file"; filename="in.jsonl"\r\n\r\n{}\n');
      const stored = async (): Promise<string[]> => (await readdir(dataDir)).filter((name) => name.startsWith('file-'));
      while ((await stored()).length === 0) await nextTurn();
      sent.destroy();
      while ((await stored()).length > 0) await nextTurn();
      expect((await clientOf(other).files.list()).data).toEqual([]);
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });

  test('a form without a file, and a body that is no form, are refused', async () => {
    const form = new FormData();
    form.set('purpose', 'batch');
    const headers = { authorization: 'Bearer k' };
    const none = await fetch(`${simulator.baseUrl}/files`, { method: 'POST', headers, body: form });
    const bare = await fetch(`${simulator.baseUrl}/files`, { method: 'POST', headers, body: 'x' });
    const broken = await fetch(`${simulator.baseUrl}/files`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=b' },
      body: '--b\r\nbroken',
    });
    expect([none.status, bare.status, broken.status]).toEqual([400, 400, 400]);
  });
});

describe('creating a batch', () => {
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v']));

  test.each([
    ['no input file', { ...order, input_file_id: undefined }, 'input_file_id', 'missing_required_parameter'],
    ['no endpoint', { ...order, endpoint: undefined }, 'endpoint', 'missing_required_parameter'],
    ['no window', { ...order, completion_window: undefined }, 'completion_window', 'missing_required_parameter'],
    ['another endpoint', { ...order, endpoint: '/v1/audio' }, 'endpoint', 'invalid_value'],
    ['another window', { ...order, completion_window: '48h' }, 'completion_window', 'invalid_value'],
    ['a number as file id', { ...order, input_file_id: 5 }, 'input_file_id', 'invalid_type'],
    ['a metadata value that is no string', { ...order, metadata: { tags: 5 } }, 'metadata.tags', 'invalid_type'],
    ['17 metadata pairs', { ...order, metadata: pairs(17) }, 'metadata', 'object_above_max_properties'],
    ['a long metadata key', { ...order, metadata: { ['k'.repeat(65)]: 'v' } }, 'metadata', 'string_above_max_length'],
    ['a long metadata value', { ...order, metadata: { k: 'v'.repeat(513) } }, 'metadata.k', 'string_above_max_length'],
    [
      'a short life of results',
      { ...order, output_expires_after: { anchor: 'created_at', seconds: 5 } },
      'output_expires_after.seconds',
      'integer_below_min_value',
    ],
  ])('%s is refused at once', async (_case, body, param, code) => {
    await expect(createRaw(body)).rejects.toMatchObject({ status: 400, type: 'invalid_request_error', param, code });
    expect(simulator.ledger.totals()).toMatchObject({ batches: 1, created: 0 });
  });

  test('a body that is no JSON is refused', async () => {
    const headers = { authorization: 'Bearer k', 'content-type': 'application/json' };
    const response = await fetch(`${simulator.baseUrl}/batches`, { method: 'POST', headers, body: '{' });
    expect(response.status).toBe(400);
  });

  test('metadata within the limits comes back', async () => {
    const metadata = { ...pairs(15), ['k'.repeat(64)]: 'v'.repeat(512) };
    const batch = await client.batches.create({ ...order, metadata });
    expect((await client.batches.retrieve(batch.id)).metadata).toEqual(metadata);
  });

  test('beyond the hourly limit is 429', async () => {
    simulator.change({ createsPerHour: 1 });
    await client.batches.create(order);
    await expect(client.batches.create(order)).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  });
});

describe('the list of batches', () => {
  test('is newest first, pages with after, and the SDK walks all of it', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.unshift((await client.batches.create(order)).id);
    expect(await client.get('/batches?limit=2')).toMatchObject({
      data: [{ id: ids[0] }, { id: ids[1] }],
      has_more: true,
      first_id: ids[0],
      last_id: ids[1],
    });
    const walked: string[] = [];
    for await (const batch of client.batches.list({ limit: 2 })) walked.push(batch.id);
    expect(walked).toEqual(ids);
  });

  test('is empty at first and refuses limits out of bounds', async () => {
    expect(await client.get('/batches')).toEqual({
      object: 'list',
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });
    for (const limit of [0, 101]) await expect(client.batches.list({ limit })).rejects.toMatchObject({ status: 400 });
  });
});

describe('the synchronous endpoints', () => {
  test('answer as a batch line would', async () => {
    const chat = { model: 'gpt-6-luna', messages: [{ role: 'user' as const, content: 'hi' }] };
    const answer = await client.chat.completions.create(chat);
    expect(answer.choices).toEqual(answerFor('/v1/chat/completions', chat).body['choices']);
    const response = await client.responses.create({ model: 'gpt-6-luna', input: 'hi' });
    expect(response.output_text).toBe(answerTextFor('/v1/responses', { model: 'gpt-6-luna', input: 'hi' }));
    const vectors = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['a', 'b'],
      dimensions: 4,
    });
    expect(vectors.data.map(({ embedding }) => embedding.length)).toEqual([4, 4]);
    const text = await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'hi' });
    expect(text.choices[0]?.text).toMatch(/^echo [0-9a-f]{16} : hi$/);
    const moderation = await client.moderations.create({
      input: ['good', 'violence'],
    });
    expect(moderation.model).toBe('omni-moderation-latest');
    expect(moderation.results.map(({ flagged }) => flagged)).toEqual([false, true]);
  });

  test('refuse an unknown model, and what a marker asks for', async () => {
    const ask = (model: string, content: string) =>
      client.chat.completions.create({ model, messages: [{ role: 'user', content }] });
    await expect(ask('gpt-none', 'hi')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    await expect(ask('gpt-6-luna', '[[simulate:429]]')).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
    });
  });

  test('stream what they would answer whole', async () => {
    const chat = {
      model: 'gpt-6-luna',
      messages: [{ role: 'user' as const, content: 'a text of some length, and 🦊' }],
    };
    const { created: _, ...whole } = await client.chat.completions.create(chat);
    const options = { stream_options: { include_usage: true } };
    expect(await client.chat.completions.stream({ ...chat, ...options }).finalChatCompletion()).toMatchObject({
      id: whole.id,
      usage: whole.usage,
      choices: [{ finish_reason: 'stop', message: { content: whole.choices[0]?.message.content } }],
    });
    const asked = { model: 'gpt-6-luna', input: 'a text of some length, and 🦊' };
    const { output } = await client.responses.create(asked);
    expect(await client.responses.stream(asked).finalResponse()).toMatchObject({ status: 'completed', output });
    const moderation = { model: 'omni-moderation-latest', input: 'hi', stream: true };
    await expect(client.moderations.create(moderation)).rejects.toMatchObject({ status: 400, param: 'stream' });
  });

  test('keep responses until they are deleted, unless told not to', async () => {
    const { id } = await client.responses.create({ model: 'gpt-6-luna', input: 'kept' });
    expect(await client.responses.retrieve(id)).toMatchObject({ id, status: 'completed' });
    await client.responses.delete(id);
    await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
    const { id: hidden } = await client.responses.create({ model: 'gpt-6-luna', input: 'not kept', store: false });
    await expect(client.responses.retrieve(hidden)).rejects.toMatchObject({ status: 404 });
  });
});

describe('faults', () => {
  const input = () => upload(client, [chatLine('a', 'x')]);
  const inject = (...faults: unknown[]) => control(simulator, 'POST', '/control', { faults });

  test.each([
    ['auth_401', 401],
    ['create_500', 500],
    ['create_429', 429],
    ['billing_429', 429],
    ['create_file_400', 400],
    ['create_html_502', 502],
  ])('%s answers %i once and creates nothing', async (name, status) => {
    await inject({ name });
    await expect(client.batches.create(order)).rejects.toMatchObject({ status });
    expect(simulator.ledger.totals().created).toBe(0);
    await client.batches.create(order);
  });

  test('create_lost_answer creates the batch and cuts the connection', async () => {
    await inject({ name: 'create_lost_answer' });
    await expect(client.batches.create(order)).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    expect((await client.batches.list()).data).toHaveLength(1);
    expect(simulator.ledger.totals()).toMatchObject({ batches: 1, created: 1 });
  });

  test('create_500_created creates the batch all the same; create_slow answers in the end', async () => {
    await inject({ name: 'create_500_created' }, { name: 'create_slow', ms: 1 });
    await expect(client.batches.create(order)).rejects.toMatchObject({ status: 500 });
    expect((await client.batches.create(order)).status).toBe('validating');
    expect((await client.batches.list()).data).toHaveLength(2);
  });

  test('upload_lost_answer stores the file, upload_500 does not', async () => {
    await inject({ name: 'upload_500' }, { name: 'upload_lost_answer' });
    await expect(input()).rejects.toMatchObject({ status: 500 });
    await expect(input()).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    expect((await client.files.list()).data).toHaveLength(1);
  });

  test('reads fail as often as ordered, after as many good ones as skipped', async () => {
    const batch = await client.batches.create(order);
    await inject({ name: 'retrieve_500', times: 2, skip: 1 }, { name: 'list_500' });
    await client.batches.retrieve(batch.id);
    for (let count = 0; count < 2; count += 1) {
      await expect(client.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 500 });
    }
    await client.batches.retrieve(batch.id);
    await expect(client.batches.list()).rejects.toMatchObject({ status: 500 });
    expect(await control(simulator, 'GET', '/control')).toMatchObject({ faults: [] });
  });

  test('content: 404, 500, half of it, cut off half way, then whole', async () => {
    const file = await client.files.retrieve(await input());
    await inject(...['content_404', 'content_500', 'content_short', 'content_cut'].map((name) => ({ name })));
    await expect(client.files.content(file.id)).rejects.toMatchObject({ status: 404 });
    await expect(client.files.content(file.id)).rejects.toMatchObject({ status: 500 });
    const read = async () => (await (await client.files.content(file.id)).arrayBuffer()).byteLength;
    expect(await read()).toBe(Math.floor(file.bytes / 2));
    await expect(read()).rejects.toThrow();
    expect(await read()).toBe(file.bytes);
  });

  test.each([
    ['spurious_file_not_found', 'invalid_request', null],
    ['token_limit_exceeded', 'token_limit_exceeded', null],
    ['validation_line_error', 'invalid_request', 3],
    ['validation_unnamed', 'invalid_request', null],
  ])('%s fails one good batch', async (name, code, line) => {
    await inject({ name, line: 3 });
    const failed = await reach(client, (await submit(client, [chatLine('a', 'x')])).id, 'failed');
    expect(failed.errors?.data).toEqual([expect.objectContaining({ code, line })]);
    await reach(client, (await submit(client, [chatLine('a', 'x')])).id, 'completed');
  });

  test('list_lag and file_lag hide what is new from reads', async () => {
    await inject({ name: 'list_lag', ms: 3_600_000 }, { name: 'file_lag', ms: 3_600_000 });
    const hidden = await input();
    await expect(client.files.retrieve(hidden)).rejects.toMatchObject({ status: 404 });
    const batch = await client.batches.create({ ...order, input_file_id: hidden });
    expect((await client.batches.list()).data).toEqual([]);
    await reach(client, batch.id, 'completed');
  });

  test('ids: left out, empty strings, and a null output although lines ran', async () => {
    await inject({ name: 'empty_string_ids' });
    const empty = await reach(client, (await submit(client, [chatLine('a', 'x')])).id, 'completed');
    expect(empty.error_file_id).toBe('');
    await inject({ name: 'omitted_ids' });
    const omitted = await reach(client, (await submit(client, [chatLine('a', 'x')])).id, 'completed');
    expect(Object.keys(omitted)).not.toContain('error_file_id');
    await inject({ name: 'completed_null_output' });
    const nulled = await reach(client, (await submit(client, [chatLine('a', 'x')])).id, 'completed');
    expect(nulled).toMatchObject({ output_file_id: null, request_counts: { completed: 1 } });
  });

  test('stuck batches stay until they are commanded', async () => {
    await inject({ name: 'stuck_finalizing' });
    const batch = await submit(client, [chatLine('a', 'x')]);
    await reach(client, batch.id, 'finalizing');
    expect(await control(simulator, 'POST', `/batches/${batch.id}/finish`)).toMatchObject({ status: 'completed' });
    expect(await rowsOf(client, (await client.batches.retrieve(batch.id)).output_file_id)).toHaveLength(1);
  });

  test('an unknown fault or setting is refused, the menu is shown', async () => {
    await expect(inject({ name: 'create_lots' })).rejects.toThrow('unknown fault');
    await expect(control(simulator, 'POST', '/control', { speed: 1 })).rejects.toThrow('speed');
    const { menu } = await control(simulator, 'GET', '');
    expect((menu as { name: string }[]).map(({ name }) => name)).toEqual(Object.keys(faultMenu));
  });
});

test('closing ends a call that is waiting, a held batch and a rest of hours at once', async () => {
  simulator.change({ hold: true, validatingMs: 3_600_000 });
  await client.batches.create(order);
  simulator.orderFaults([{ name: 'create_slow', ms: 3_600_000 }]);
  const waiting = client.batches.create(order).then(
    () => 'answered',
    () => 'lost',
  );
  while (simulator.ledger.totals().created < 2) await client.batches.list();
  await simulator.close();
  expect(await waiting).toBe('lost');
  const { promise, resolve } = Promise.withResolvers<string>();
  httpRequest(simulator.url, () => resolve('open'))
    .on('error', () => resolve('closed'))
    .end();
  expect(await promise).toBe('closed');
});

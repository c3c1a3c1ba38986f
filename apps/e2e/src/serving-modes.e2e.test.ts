import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batchEndpoint, requestObject } from '@batch-gpt/contracts';
import { eventually } from '@batch-gpt/testing';
import { ask, chatCall, type Call } from './calls.ts';
import { startStack, type Stack } from './start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

const post = (call: Call, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  stack.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-any', ...headers },
    body: JSON.stringify(call.body),
  });

describe('async', () => {
  it('answers 202 with a handle, shows the request until it is done, then serves the same call from the store', async () => {
    const call = chatCall('asynchronous');
    const accepted = await post(call, { prefer: 'respond-async' });
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('preference-applied')).toContain('respond-async');
    const location = accepted.headers.get('location') ?? '';
    expect(requestObject.parse(await accepted.json()).state).not.toBe('done');

    const done = await eventually(async () => {
      const request = requestObject.parse(await (await stack.fetch(location)).json());
      return request.state === 'done' ? request : false;
    });
    expect(done.response?.status_code).toBe(200);
    expect(JSON.stringify(done.response?.body)).toContain(call.expected);
    expect(done.batch_id).toMatch(/^batch_/);

    const again = await post(call, { prefer: 'respond-async' });
    expect(again.status).toBe(200);
    expect(again.headers.get('cache-status')).toContain('hit');
    expect(await stack.witness.totals()).toMatchObject({ repeated_custom_ids: 0 });
  });
});

describe('cache', () => {
  it('answers a stored call, and 404 without enqueueing anything for any other', async () => {
    const stored = chatCall('stored before');
    await ask(stack.client(), stored);
    const before = await stack.witness.totals();

    const hit = await post(stored, { 'cache-control': 'only-if-cached' });
    expect(hit.status).toBe(200);
    expect(await hit.text()).toContain(stored.expected);

    const miss = await post(chatCall('never asked'), { 'cache-control': 'only-if-cached' });
    expect(miss.status).toBe(404);
    expect(await miss.json()).toMatchObject({ error: { code: 'not_cached' } });

    // A later call in the same group would carry the missed one along if it had been enqueued.
    await ask(stack.client(), chatCall('asked after the miss'));
    expect((await stack.witness.totals()).lines_run).toBe(before.lines_run + 1);
  });
});

describe('no-cache and no-store', () => {
  it('asks anew when told so, and keeps nothing of a private call', async () => {
    const call = chatCall('asked anew');
    await ask(stack.client(), call);
    const before = (await stack.witness.totals()).lines_run;
    expect((await post(call, { 'cache-control': 'no-cache' })).status).toBe(200);
    expect((await stack.witness.totals()).lines_run).toBe(before + 1);

    const secret = chatCall('kept by nobody');
    expect((await post(secret, { 'cache-control': 'no-store' })).status).toBe(200);
    expect((await post(secret, { 'cache-control': 'only-if-cached' })).status).toBe(404);
  });
});

describe('other endpoints', () => {
  it('serves every other endpoint through the same path', async () => {
    const client = stack.client();
    const [embedding, response, completion, moderation, image] = await Promise.all([
      client.embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'], dimensions: 16 }),
      client.responses.create({ model: 'gpt-6-luna', input: 'a response' }),
      client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'a completion' }),
      // Without a model: every line of the batch has to name it all the same.
      client.moderations.create({ input: ['peace', 'violence'] }),
      client.images.generate({ model: 'gpt-image-2.5-flare', prompt: 'a cat', background: 'transparent' }),
    ]);
    expect(embedding.data.map((item) => item.embedding.length)).toEqual([16, 16]);
    expect(response.output_text).toContain('a response');
    expect(completion.choices[0]?.text).toContain('a completion');
    expect(moderation.results.map(({ flagged }) => flagged)).toEqual([false, true]);
    expect(image.background).toBe('transparent');
    expect(Buffer.from(image.data?.[0]?.b64_json ?? '', 'base64').toString()).toContain('a cat');
    const endpoints = new Set((await stack.witness.lines()).map((line) => line.endpoint));
    expect(endpoints).toEqual(new Set(batchEndpoint.options));
  });
});

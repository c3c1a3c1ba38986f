import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI, { APIError, InternalServerError, RateLimitError } from 'openai';
import { tenantId } from '@batch-gpt/contracts';
import { sampleBatch } from '@batch-gpt/testing';
import { chatSamples, responseSamples } from './testing/sample-answers.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
let client: OpenAI;
beforeEach(async () => {
  gateway = await startTestGateway();
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-any', maxRetries: 0 });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const answer = { body: JSON.stringify(chatSamples['text']) };
const refusal = {
  kind: 'failed' as const,
  status: 400,
  shareable: false,
  body: '{"error":{"message":"Bad prompt.","type":"invalid_request_error","param":"messages","code":"content_policy"}}',
};
const asking = (text: string) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: text }] });
const responding = { model: 'gpt-4o-mini', input: 'hi' };
const streaming = (text: string, headers: Record<string, string> = {}) =>
  gateway.post(chat(text, { stream: true }), headers);
const thrown = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => null,
    (error: unknown) => error,
  );

/** A call that is held, and whose answer has begun. */
async function begun<T>(call: Promise<T>): Promise<T> {
  await gateway.held(1);
  await gateway.clock.advance(5000);
  return call;
}

// seed S19
test('a stream that is waited for: headers and comments, then its events', async () => {
  const response = await begun(streaming('waiting'));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-cache');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('cache-status')).toBe('batch-gpt; fwd=uri-miss; stored');
  expect(response.headers.get('x-request-id')).toMatch(/^req_/);
  await gateway.clock.advance(14_999);
  await gateway.clock.advance(1);
  await gateway.clock.advance(15_000);
  const { id, keys } = await gateway.finish(answer);
  expect(response.headers.get('batch-request-id')).toBe(keys[0]);
  const text = await response.text();
  expect(text.match(/^: still processing$/gm)).toHaveLength(3);
  expect(text).toContain(`\n: batch-id: ${id}\n`);
  expect(text).toMatch(/\n\ndata: \{"id":"chatcmpl-1","object":"chat.completion.chunk",/);
  expect(text.endsWith('\n\ndata: [DONE]\n\n')).toBe(true);
});

test('a stream whose answer comes in the first seconds has the batch in its headers, and no comments', async () => {
  const call = streaming('quick');
  await gateway.held(1);
  const { id } = await gateway.finish(answer);
  const response = await call;
  expect(response.headers.get('batch-id')).toBe(id);
  expect(await response.text()).toMatch(/^data: /);
});

test('a stream of a stored answer begins at once and says how old that is', async () => {
  const call = gateway.post(chat('stored'));
  await gateway.held(1);
  await gateway.finish(answer);
  await call;
  await gateway.clock.advance(7000);
  const response = await streaming('stored');
  expect(response.headers.get('cache-status')).toBe('batch-gpt; hit');
  expect(response.headers.get('age')).toBe('7');
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(await response.text()).toContain('data: [DONE]');
});

test('the official client waits for hours', async () => {
  const call = client.chat.completions.stream(asking('long')).finalChatCompletion();
  await gateway.held(1);
  for (let minute = 0; minute < 180; minute += 1) await gateway.clock.advance(60_000);
  await gateway.finish(answer);
  expect((await call).choices[0]?.finish_reason).toBe('stop');
});

describe('a failure', () => {
  test('in the first seconds has its own status', async () => {
    const call = thrown(client.chat.completions.create({ ...asking('bad'), stream: true }));
    await gateway.held(1);
    await gateway.finish(refusal);
    expect(await call).toMatchObject({ status: 400, code: 'content_policy', param: 'messages' });
    const again = await streaming('bad');
    expect(again.status).toBe(400);
    expect(again.headers.get('content-type')).toBe('application/json');
    expect(again.headers.get('x-should-retry')).toBe('false');
  });

  test('later is raised by the client that reads the stream', async () => {
    const stream = await begun(client.chat.completions.create({ ...asking('bad'), stream: true }));
    await gateway.finish(refusal);
    const error = await thrown(Array.fromAsync(stream));
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: 'content_policy', type: 'invalid_request_error', param: 'messages' });
  });

  test('later is no whole answer to anybody', async () => {
    const response = await begun(streaming('bad'));
    await gateway.finish(refusal);
    const text = await response.text();
    expect(text).toContain(`data: ${refusal.body}\n\n`);
    expect(text).not.toContain('[DONE]');
  });

  test('of a response is raised, too, and names the response that failed', async () => {
    const stream = client.responses.stream(responding);
    const final = thrown(stream.finalResponse());
    await gateway.held(1);
    await gateway.clock.advance(5000);
    await gateway.finish(refusal);
    expect(await final).toMatchObject({ code: 'content_policy', type: 'invalid_request_error' });
  });

  test('of a response comes as error and as failed response', async () => {
    const response = await begun(gateway.post({ ...responding, stream: true }, {}, '/v1/responses'));
    const { keys } = await gateway.finish(refusal);
    const [error, failed] = (await response.text()).replaceAll(/^: .*\n/gm, '').split('\n\n');
    expect(error).toMatch(
      /^event: error\ndata: \{"type":"error","sequence_number":0,"error":\{"message":"Bad prompt."/,
    );
    const [name = '', data = ''] = failed?.split('\ndata: ') ?? [];
    expect(name).toBe('event: response.failed');
    expect(JSON.parse(data)).toMatchObject({
      type: 'response.failed',
      sequence_number: 1,
      response: {
        id: `resp_${keys[0] ?? ''}`,
        status: 'failed',
        error: { code: 'content_policy', message: 'Bad prompt.' },
      },
    });
  });

  test('of a batch in trouble is told inside the stream', async () => {
    const stream = await begun(client.chat.completions.create({ ...asking('lost'), stream: true }));
    const { id, keys } = await gateway.collect();
    const trouble = { status: 502, code: 'batch_lost', type: 'server_error', param: null, message: 'Gone.' };
    const tenant = tenantId.parse('default');
    await gateway.stores.batches.insert(sampleBatch(1, { id, tenant, state: 'submitted', trouble }));
    gateway.gateway.outcomes.look(keys);
    expect(await thrown(Array.fromAsync(stream))).toMatchObject({ code: 'batch_lost' });
  });

  test('to replay what nobody can is an error and no crash', async () => {
    const response = await begun(streaming('deep'));
    await gateway.finish({ body: `${'['.repeat(2000)}${']'.repeat(2000)}` });
    expect(await response.text()).toContain('"code":"provider_refused"');
    const stored = await streaming('deep');
    expect(stored.status).toBe(502);
  });
});

describe('the end of a hold', () => {
  test('is not at the limits of the client, which do not apply', async () => {
    const call = streaming('limits', { 'x-stainless-timeout': '600', 'x-stainless-lang': 'js' });
    await gateway.held(1);
    for (let minute = 0; minute < 20; minute += 1) await gateway.clock.advance(60_000);
    await gateway.held(1);
    await gateway.finish(answer);
    expect(await (await call).text()).toContain('[DONE]');
  });

  test('at the longest hold is an error that says where the request is', async () => {
    const stream = await begun(client.chat.completions.create({ ...asking('forever'), stream: true }));
    await gateway.clock.advance(86_400_000);
    const error = await thrown(Array.fromAsync(stream));
    expect(error).toMatchObject({ code: 'still_processing', type: 'service_unavailable_error' });
    expect((error as Error).message).toContain('repeating the same call attaches to it again');
    const again = client.chat.completions.stream(asking('forever')).finalChatCompletion();
    await gateway.held(1);
    expect((await gateway.finish(answer)).keys).toHaveLength(1);
    expect((await again).choices).toHaveLength(1);
  });

  test('by a shutdown is an error inside the stream', async () => {
    const stream = await begun(client.chat.completions.create({ ...asking('draining'), stream: true }));
    gateway.gateway.drain();
    expect(await thrown(Array.fromAsync(stream))).toMatchObject({ code: 'shutting_down' });
  });

  test('by a shutdown in the first seconds is a status that clients retry', async () => {
    const call = thrown(client.chat.completions.create({ ...asking('draining'), stream: true }));
    await gateway.held(1);
    gateway.gateway.drain();
    const error = await call;
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status: 503, code: 'shutting_down' });
  });

  test('by the client frees its place, and the request goes on', async () => {
    const stream = await begun(client.chat.completions.create({ ...asking('gone'), stream: true }));
    stream.controller.abort();
    await gateway.held(0);
    expect(gateway.clock.pending()).toBe(1);
    expect((await gateway.collect()).keys).toHaveLength(1);
  });

  test('that the caller has set is a handle: the status is kept for it', async () => {
    const call = streaming('handle', { prefer: 'wait=60', 'x-stainless-lang': 'js' });
    await gateway.held(1);
    await gateway.clock.advance(60_000);
    const response = await call;
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toMatch(/^\/v1\/requests\//);
  });

  test('that the caller has set does not come when the answer is earlier', async () => {
    const call = streaming('in time', { prefer: 'wait=60' });
    await gateway.held(1);
    await gateway.clock.advance(30_000);
    await gateway.finish(answer);
    expect(await (await call).text()).toContain('[DONE]');
  });
});

test('a stream without a mind to wait is a handle', async () => {
  expect((await streaming('async', { prefer: 'respond-async' })).status).toBe(202);
  const absent = await streaming('cached', { 'cache-control': 'only-if-cached' });
  expect(absent.status).toBe(404);
  expect(await absent.json()).toMatchObject({ error: { code: 'not_cached' } });
});

test('streams count among those who wait', async () => {
  await gateway[Symbol.asyncDispose]();
  gateway = await startTestGateway({ serving: { maxCalls: 2 } });
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-any', maxRetries: 0 });
  const first = streaming('one');
  const second = gateway.post(chat('two'));
  await gateway.held(2);
  await gateway.clock.advance(5000);
  expect(await thrown(client.chat.completions.create({ ...asking('three'), stream: true }))).toBeInstanceOf(
    RateLimitError,
  );
  await gateway.finish(answer);
  await (await first).text();
  await second;
  const third = streaming('three');
  await gateway.held(1);
  await gateway.finish(answer);
  expect((await third).status).toBe(200);
});

test.each(['/v1/embeddings', '/v1/moderations', '/v1/images/generations'])(
  '%s has no streams and says so',
  async (path) => {
    const body = { model: 'm', input: 'x', prompt: 'x', stream: true };
    const response = await gateway.post(body, {}, path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'unsupported_value', param: 'stream' } });
  },
);

test('a stream of a response that is waited for', async () => {
  const call = client.responses.stream(responding).finalResponse();
  await gateway.held(1);
  await gateway.clock.advance(20_000);
  await gateway.finish({ body: JSON.stringify(responseSamples['text']) });
  expect((await call).status).toBe('completed');
});

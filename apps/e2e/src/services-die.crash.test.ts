/*
 * Every service is ended while calls are under way, in an orderly way and without a word. Whatever dies: every caller
 * gets its own answer, and the provider's ledger has each line once.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { requestObject, type RequestObject } from '@batch-gpt/contracts';
import { eventually } from '@batch-gpt/testing';
import { askRedis } from './ask-redis.ts';
import { chatCall, type Call } from './calls.ts';
import { askPatiently, startLoad } from './load.ts';
import { startStack, type Role, type Stack } from './start-stack.ts';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ store: 'mongo', gateways: 2, batchers: 2, results: 2 });
});
afterEach(() => stack[Symbol.asyncDispose]());

const postAsync = (call: Call): Promise<Response> =>
  stack.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify(call.body),
  });

const lookUp = async (path: string): Promise<RequestObject> =>
  requestObject.parse(await (await stack.fetch(path)).json());

const everyService: readonly (readonly [Role, number])[] = [
  ['gateway', 0],
  ['batcher', 0],
  ['results', 0],
  ['gateway', 1],
  ['batcher', 1],
  ['results', 1],
];

describe.each(['SIGTERM', 'SIGKILL'] as const)('%s of every service in turn, under load', (signal) => {
  // field 20
  it('loses nothing and pays nothing twice', async () => {
    const load = startLoad(stack, 20, signal);
    for (const [role, index] of everyService) {
      const before = load.answered();
      await stack.restart(role, index, signal);
      await eventually(() => load.answered() >= before + 20, { timeoutMs: 60_000 });
    }
    const { answered, distinct } = await load.stop();
    expect(answered).toBe(distinct);
    expect(await stack.witness.totals()).toMatchObject({
      lines_billed: distinct,
      distinct_custom_ids: distinct,
      billed_twice_custom_ids: 0,
    });
  });
});

describe('a batcher killed between the create and its record', () => {
  // field 2, seed S11
  it('leaves a batch that its successor finds by listing; nothing is created again', async () => {
    // The batch exists at the provider at once, but its answer takes longer than the batcher lives.
    await stack.witness.control({ faults: [{ name: 'create_slow', ms: 60_000 }] });
    const calls = Array.from({ length: 10 }, (_, index) => chatCall(`between create and record ${index}`));
    const answers = Promise.all(calls.map((call, index) => askPatiently(stack, index, call)));
    await eventually(async () => (await stack.witness.totals()).created > 0);
    await Promise.all([stack.restart('batcher', 0, 'SIGKILL'), stack.restart('batcher', 1, 'SIGKILL')]);
    await answers;
    expect(await stack.witness.totals()).toMatchObject({ created: 1, lines_billed: 10, billed_twice_custom_ids: 0 });
  });
});

describe('results workers killed between storing and publishing', () => {
  // field 2, seed S14
  it('leave outcomes that their callers find without a message', async () => {
    const call = chatCall('stored but not announced');
    await stack.witness.control({ hold: true });
    const answer = askPatiently(stack, 0, call);
    const id = await eventually(async () => (await acceptedId(call)) ?? false);
    // From here on nothing can be published: an outcome is stored, its announcement fails.
    await askRedis(stack.redis.port, 'ACL SETUSER default -publish');
    await stack.witness.control({ hold: false });
    await eventually(async () => (await lookUp(`/v1/requests/${id}`)).state === 'done');
    await Promise.all([stack.services('results')[0]?.kill(), stack.services('results')[1]?.kill()]);
    await askRedis(stack.redis.port, 'ACL SETUSER default +publish');
    await answer;
    await Promise.all([stack.restart('results', 0, 'SIGKILL'), stack.restart('results', 1, 'SIGKILL')]);
    expect(await stack.witness.totals()).toMatchObject({ lines_billed: 1, billed_twice_custom_ids: 0 });
  });

  /** The id under which the call waits: asking for a handle joins the row that is there. */
  const acceptedId = async (call: Call): Promise<string | null> => {
    const response = await postAsync(call);
    return response.status === 202 ? requestObject.parse(await response.json()).id : null;
  };
});

describe('a handle', () => {
  // seed S10
  it('outlives every process', async () => {
    const call = chatCall('handed out before the end of all');
    const accepted = await postAsync(call);
    expect(accepted.status).toBe(202);
    for (const [role, index] of everyService) await stack.restart(role, index, 'SIGKILL');
    const done = await eventually(async () => {
      const request = await lookUp(accepted.headers.get('location') ?? '');
      return request.state === 'done' ? request : false;
    });
    expect(JSON.stringify(done.response?.body)).toContain(call.expected);
  });
});

/*
 * Asking anew (`no-cache`): what it may take, and what it must not take away from others.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { operatorSnapshot, requestList } from '@batch-gpt/contracts';
import { eventually } from '@batch-gpt/testing';
import { chatCall, type Call } from './calls.ts';
import { startStack, type Stack } from './start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ gateways: 2 });
});
afterEach(() => stack.witness.control({ faults: [], hold: false }));
afterAll(() => stack[Symbol.asyncDispose]());

const noCache = { 'cache-control': 'no-cache' };

function post({ body }: Call, headers: Record<string, string>, gateway = 0, init: RequestInit = {}): Promise<Response> {
  const sent = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
  return stack.fetch('/v1/chat/completions', { ...sent, ...init }, gateway);
}

/** What a call was told: its status, whether the cache answered, and whether the answer is its own. */
async function told(call: Call, headers: Record<string, string> = {}, gateway = 0) {
  const response = await post(call, headers, gateway);
  const isHit = response.headers.get('cache-status')?.includes('hit') ?? false;
  return { status: response.status, isHit, isRight: (await response.text()).includes(call.expected) };
}

const linesRun = async () => (await stack.witness.totals()).lines_run;
const hit = { status: 200, isHit: true, isRight: true };
const answered = { ...hit, isHit: false };

describe('no-cache', () => {
  it('that fails is told to its caller; everybody else and every name keep the paid answer, until there is a new one', async () => {
    const call = chatCall('what everybody wants');
    const name = { 'idempotency-key': 'order-1' };
    expect(await told(call)).toEqual(answered);
    expect(await told(call, name, 1)).toEqual(hit);

    await stack.witness.control({ faults: [{ name: 'line_marker', marker: '400' }] });
    expect(await told(call, noCache)).toMatchObject({ status: 400, isHit: false });
    const run = await linesRun();
    expect(await told(call, { ...noCache, 'x-stainless-retry-count': '1' }, 1)).toMatchObject({
      status: 400,
      isHit: true,
    });
    for (const gateway of [0, 1]) {
      expect(await told(call, {}, gateway)).toEqual(hit);
      expect(await told(call, name, gateway)).toEqual(hit);
    }
    expect(await linesRun()).toBe(run);

    await stack.witness.control({ faults: [] });
    expect(await told(call, noCache, 1)).toEqual(answered);
    expect(await linesRun()).toBe(run + 1);
    expect(await told(call)).toEqual(hit);
  });

  it('whose client went away before the answer is given it when it asks again, on any gateway, once', async () => {
    const call = chatCall('what nobody waited for');
    expect(await told(call)).toEqual(answered);
    await stack.witness.control({ hold: true });
    const gone = new AbortController();
    const cut = post(call, noCache, 0, { signal: gone.signal });
    await eventually(async () => {
      const { data } = requestList.parse(await (await stack.fetch('/v1/requests?state=collected')).json());
      return data.length === 1;
    });
    gone.abort();
    await expect(cut).rejects.toThrow();
    await eventually(async () => (await waiting()) === 0);
    await stack.witness.control({ hold: false });
    await eventually(async () => {
      const { data } = requestList.parse(await (await stack.fetch('/v1/requests?state=collected')).json());
      return data.length === 0;
    });

    const run = await linesRun();
    expect(await told(call, noCache, 1)).toEqual(hit);
    expect(await linesRun()).toBe(run);
    expect(await told(call, noCache, 1)).toEqual(answered);
    expect(await linesRun()).toBe(run + 1);
  });
});

/** Calls that the first gateway holds. */
const waiting = async (): Promise<number> =>
  operatorSnapshot.parse(await (await stack.fetch('/admin/snapshot')).json()).headroom.waiters.held;

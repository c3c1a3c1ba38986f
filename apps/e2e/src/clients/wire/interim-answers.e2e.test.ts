import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClientStack, type ClientStack } from '../client-stack.ts';
import { rawCall, type RawAnswer } from './raw-call.ts';

let stack: ClientStack;
beforeAll(async () => {
  stack = await startClientStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

/** The call is held for many times the interval of interim answers, as the count of another client's shows. */
async function call(name: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  const url = stack.address.gateways.plain;
  const [answer, watched] = await Promise.all([
    rawCall(url, `interim for ${name}`, headers),
    rawCall(url, `interim for ${name}, watched`, { 'x-stainless-lang': 'js' }),
  ]);
  expect(watched.statuses.length).toBeGreaterThan(2);
  return answer;
}

const interim = (answer: RawAnswer): readonly number[] => answer.statuses.slice(0, -1);

describe('clients that take interim answers get them', () => {
  test.each([
    ['the official client for Node', { 'x-stainless-lang': 'js', 'user-agent': 'OpenAI/JS 7.57.0' }],
    ['the official client for Python', { 'x-stainless-lang': 'python' }],
    ['whoever asks for them', { 'batch-hold': 'interim' }],
  ])('%s', async (name, headers) => {
    const answer = await call(name, headers);
    expect(answer.statuses.at(-1)).toBe(200);
    expect(new Set(interim(answer))).toEqual(new Set([102]));
  });
});

describe('clients that mishandle interim answers get none', () => {
  test.each([
    ['the official client for Go', { 'x-stainless-lang': 'go', 'user-agent': 'OpenAI/Go 3.1.0' }],
    ['the official client for Java, on OkHttp', { 'x-stainless-lang': 'java' }],
    ['net/http of Go', { 'user-agent': 'Go-http-client/1.1' }],
    ['requests of Python', { 'user-agent': 'python-requests/2.34.2' }],
    ['curl', { 'user-agent': 'curl/8.5.0', accept: '*/*' }],
    ['one that says nothing of itself', {}],
  ])('%s', async (name, headers) => {
    const answer = await call(name, headers);
    expect(answer.statuses).toEqual([200]);
  });
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createManualApiKeys, sampleKeysFile } from '../testing/sample-keys.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { createDocument } from './document.ts';

let gateway: TestGateway;
beforeEach(async () => {
  const apiKeys = createManualApiKeys(sampleKeysFile({ one: {} }));
  gateway = await startTestGateway({ apiKeys, trust: { corsOrigins: ['https://docs.example.org'] } });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const fetchIt = (init: RequestInit = {}) => gateway.get('/openapi.json', init);
const ifNone = (tag: string) => fetchIt({ headers: { 'if-none-match': tag } });

test('anybody gets the document, also where API keys are needed', async () => {
  const answer = await fetchIt();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(createDocument())));
});

test('it may be kept, and has a strong tag that stays the same', async () => {
  const tags = [(await fetchIt()).headers.get('etag'), (await fetchIt()).headers.get('etag')];
  expect(tags[0]).toMatch(/^"[\w-]{43}"$/);
  expect(tags[1]).toBe(tags[0]);
  expect((await fetchIt()).headers.get('cache-control')).toBe('public, max-age=300');
});

test('whoever has it already gets no body', async () => {
  const etag = (await fetchIt()).headers.get('etag') ?? '';
  for (const tag of [etag, `W/${etag}`, '*', `"other", ${etag}`]) {
    const answer = await ifNone(tag);
    expect([tag, answer.status, answer.headers.get('etag')]).toEqual([tag, 304, etag]);
    expect(await answer.text()).toBe('');
  }
  for (const tag of ['"other"', '', etag.slice(1, -1)]) expect((await ifNone(tag)).status).toBe(200);
});

test('HEAD has the headers of GET', async () => {
  const head = await fetchIt({ method: 'HEAD' });
  const get = await fetchIt();
  expect(head.status).toBe(200);
  for (const name of ['etag', 'content-length', 'content-type', 'cache-control']) {
    expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
  }
  expect(await head.text()).toBe('');
});

test('other methods are refused', async () => {
  const answer = await fetchIt({ method: 'POST' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('pages of allowed origins may read it', async () => {
  const headers = { origin: 'https://docs.example.org' };
  expect((await fetchIt({ headers })).headers.get('access-control-allow-origin')).toBe(headers.origin);
});

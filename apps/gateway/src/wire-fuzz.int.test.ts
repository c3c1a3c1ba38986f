/*
 * Whatever comes over a socket: every answer is a refusal in OpenAI's envelope with a status of 400 to 499 (or the one
 * good answer that a case allows), the connection ends, nothing is stored. Limits of time are shortened by settings, so
 * that whoever says nothing more is told so. Cases are drawn from a fixed seed.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLogger } from '@batch-gpt/logging';
import { expectRefusal } from './testing/expect-refusal.ts';
import { readAnswers, speakRaw, speakSlowly, type RawAnswer } from './testing/speak-raw.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import { watchStore } from './testing/watch-store.ts';

const seed = 20_261_124;
const errors: string[] = [];
const logger = createLogger({
  service: 'gateway',
  level: 'error',
  format: 'json',
  write: (line) => void errors.push(line),
});
let gateway: TestGateway;
let stored: () => number;

beforeAll(async () => {
  const patience = { keepAlive: 100, headersTimeout: 400, requestTimeout: 400 };
  gateway = await startTestGateway({ logger, patience, serving: { maxCalls: 40 } });
  ({ stored } = watchStore(gateway.stores.requests));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await logger[Symbol.asyncDispose]();
});

const asJson = 'Host: x\r\nContent-Type: application/json\r\n';
const post = `POST /v1/chat/completions HTTP/1.1\r\n${asJson}`;
const good = JSON.stringify(chat('good'));
const whole = (body: string, more = '') => `${post}${more}Content-Length: ${body.length}\r\n\r\n${body}`;

/** What is answered to each of these, in order; nothing of it may be stored. */
async function answersTo(cases: readonly (string | Uint8Array)[]): Promise<readonly (readonly RawAnswer[])[]> {
  const before = stored();
  const all: (readonly RawAnswer[])[] = [];
  const atOnce = 30;
  for (let at = 0; at < cases.length; at += atOnce) {
    const heard = await Promise.all(cases.slice(at, at + atOnce).map((bytes) => speakRaw(gateway.port, bytes)));
    all.push(...heard.map(readAnswers));
  }
  expect(stored()).toBe(before);
  return all;
}

/** Every case is refused: at least one answer, and each of them a refusal. */
async function expectRefusals(cases: readonly (string | Uint8Array)[]): Promise<void> {
  const all = await answersTo(cases);
  expect(cases.filter((_, index) => all[index]?.length === 0).map(shown)).toEqual([]);
  for (const answer of all.flat().filter(({ status }) => status >= 200)) expectRefusal(answer);
}

const shown = (said: string | Uint8Array) => JSON.stringify(Buffer.from(said).toString('latin1').slice(0, 300));

const draw = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] => fc.sample(arbitrary, { seed, numRuns: count });

describe('what is no request', () => {
  test('bytes at random', async () => {
    await expectRefusals(draw(fc.uint8Array({ minLength: 1, maxLength: 400 }), 60));
  });

  test.each<[string, string]>([
    ['the start of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'GET /v1/batches\r\n\r\n'],
    ['another version', 'GET /v1/batches HTTP/3.0\r\nHost: x\r\n\r\n'],
    ['only line feeds', 'POST /v1/responses HTTP/1.1\nHost: x\n\n'],
    ['a tunnel', 'CONNECT api.openai.com:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a space before a colon', 'GET /v1/nothing HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['a folded header', 'GET /v1/nothing HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n'],
    ['a NUL in a header', 'GET /v1/nothing HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n'],
    ['a lone carriage return', 'GET /v1/nothing HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n'],
    ['two hosts', 'GET /v1/nothing HTTP/1.1\r\nConnection: close\r\nHost: x\r\nHost: y\r\n\r\n'],
    [
      'the start of an upgrade',
      'GET /v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n',
    ],
  ])('%s', async (_name, text) => {
    await expectRefusals([text]);
  });

  test('request lines at random', async () => {
    const token = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 12,
    });
    const method = fc.oneof(token, fc.constantFrom('GET', 'POST', 'get', 'TRACE', 'SEARCH', 'M-SEARCH', 'SOURCE'));
    const version = fc.oneof(token, fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/1.10', 'HTTP/2', 'http/1.1', ''));
    const line = fc.tuple(method, token, version).map(([verb, target, name]) => `${verb} /${target} ${name}`);
    await expectRefusals(
      draw(line, 80).map((start) => Buffer.from(`${start}\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1')),
    );
  });
});

describe('paths', () => {
  const atom = fc.constantFrom(
    ...[
      '..',
      '.',
      '/',
      '//',
      '%2e',
      '%2E%2e',
      '%2f',
      '%5c',
      '\\',
      '%00',
      '%',
      '%zz',
      '%c0%af',
      '%ff',
      ';',
      ':',
      '@',
      '*',
    ],
    ...[
      'v1',
      'V1',
      'chat',
      'completions',
      'requests',
      'batches',
      'cancel',
      'admin',
      'x',
      '__proto__',
      '~',
      "'",
      'a'.repeat(500),
    ],
  );
  const target = fc.array(atom, { minLength: 1, maxLength: 8 }).map((atoms) => `/${atoms.join('')}`);

  test('put together from what tricks are made of', async () => {
    const lines = draw(fc.tuple(fc.constantFrom('GET', 'POST', 'DELETE'), target), 150);
    const cases = lines.map(
      ([method, path]) => `${method} ${path} HTTP/1.1\r\n${asJson}Content-Length: 2\r\nConnection: close\r\n\r\n{}`,
    );
    await expectRefusals(cases);
  });

  test.each([
    '/v1/chat/../chat/completions',
    '/v1/x/../chat/completions',
    '/v1/./chat/completions',
    '/v1/%2e/chat/completions',
    '/v1/x/%2e%2e/chat/completions',
    '//v1/chat/completions',
    '/v1//chat/completions',
    '/v1/chat%2fcompletions',
    '/v1/chat/completions%00',
    '/v1/chat/completions%20',
    '/v1/chat/completions;a=b',
    '/v1/chat/completions/x',
    '\\v1\\chat\\completions',
    'v1/chat/completions',
    '*',
    'x:80',
    'http://',
    'http://x',
    'ftp://x/v1/nothing',
    `/${'a'.repeat(200)}`,
    `/v1/chat/completions/${'%41'.repeat(50)}`,
  ])('a good call of %s', async (path) => {
    await expectRefusals([
      `POST ${path} HTTP/1.1\r\n${asJson}Content-Length: ${good.length}\r\nConnection: close\r\n\r\n${good}`,
    ]);
  });
});

describe('headers', () => {
  test.each<[string, string, number]>([
    ['one that is too long', `A: ${'a'.repeat(20_000)}\r\n`, 431],
    [
      'many that are too long together',
      Array.from({ length: 400 }, (_, n) => `H${n}: ${'a'.repeat(60)}\r\n`).join(''),
      431,
    ],
    ['a name that is too long', `${'A'.repeat(20_000)}: a\r\n`, 431],
    ['thousands of small ones', 'A:\r\n'.repeat(2000), 431],
  ])('%s', async (_name, bomb, status) => {
    const [answers = []] = await answersTo([whole('{}', `${bomb}Connection: close\r\n`)]);
    expect(answers.map((answer) => answer.status)).toEqual([status]);
    for (const answer of answers) expectRefusal(answer);
  });

  test('names and values at random', async () => {
    const code = fc.integer({ min: 0, max: 255 }).map((unit) => String.fromCharCode(unit));
    const header = fc.tuple(fc.string({ unit: code, maxLength: 10 }), fc.string({ unit: code, maxLength: 30 }));
    const lines = fc
      .array(header, { minLength: 1, maxLength: 5 })
      .map((all) => all.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
    await expectRefusals(
      draw(lines, 60).map((text) => Buffer.from(whole('{}', `${text}Connection: close\r\n`), 'latin1')),
    );
  });
});

describe('bodies and their lengths', () => {
  const chunked = (body: string, more = '') =>
    `${post}${more}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;

  test.each<[string, string]>([
    ['a negative length', `${post}Content-Length: -1\r\n\r\n{}`],
    ['a signed length', `${post}Content-Length: +2\r\n\r\n{}`],
    ['a length in hex', `${post}Content-Length: 0x2\r\n\r\n{}`],
    ['a length beyond all numbers', `${post}Content-Length: 99999999999999999999999\r\n\r\n{}`],
    ['a length that will not come', `${post}Content-Length: 9007199254740991\r\n\r\n{}`],
    ['two lengths', `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x`],
    ['the same length twice', `${post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ['two lengths in one', `${post}Content-Length: 2, 2\r\n\r\n{}`],
    ['length and chunks', `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunks within another encoding', `${post}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ['an encoding that is none', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['chunks twice', `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    [
      'chunks in HTTP/1.0',
      `POST /v1/responses HTTP/1.0\r\n${asJson}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    ],
    ['no length', `${post}Connection: close\r\n\r\n`],
    ['a chunk of no size', chunked('\r\n{}\r\n0\r\n\r\n')],
    ['a chunk of a negative size', chunked('-2\r\n{}\r\n0\r\n\r\n')],
    ['a chunk beyond all numbers', chunked('fffffffffffffffff\r\n{}\r\n0\r\n\r\n')],
    ['a chunk that is longer than it says', chunked('1\r\n{}\r\n0\r\n\r\n')],
    ['chunks with long extensions', chunked(`2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`)],
    ['trailers that are too long', chunked(`2\r\n{}\r\n0\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`)],
    ['trailers that would change the call', chunked('2\r\n{}\r\n0\r\nContent-Length: 100\r\n\r\n')],
    ['good chunks of a bad body', chunked('1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n')],
    [
      'a call within a body that is too long',
      `${post}Connection: close\r\nContent-Length: 200000\r\n\r\n${whole(good)}`,
    ],
  ])('%s', async (_name, text) => {
    await expectRefusals([text]);
  });

  test('chunks at random', async () => {
    const size = fc.oneof(
      fc.nat(20).map((n) => n.toString(16)),
      fc.constantFrom('', 'g', ' 2', '2 ', '0002', '2;a', '2;a="b', '00'),
    );
    const data = fc.constantFrom('', '{}', '{', '}', '{"model":', '\r\n', 'x'.repeat(20));
    const body = fc
      .array(fc.tuple(size, data), { maxLength: 4 })
      .map((chunks) => chunks.map(([length, text]) => `${length}\r\n${text}\r\n`).join(''));
    const all = await answersTo(draw(body, 60).map((text) => chunked(`${text}0\r\n\r\n`)));
    for (const answer of all.flat()) expectRefusal(answer);
    // Where a good end is followed by nonsense, the connection may be closed before the answer has left.
    expect(all.filter((answers) => answers.length > 0).length).toBeGreaterThan(all.length / 2);
  });
});

describe('one call after the other on one connection', () => {
  const call = fc.constantFrom<[string, number]>(
    [whole('{}'), 400],
    [whole('nonsense'), 400],
    [whole('{}', 'Content-Encoding: gzip\r\n'), 415],
    ['GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n', 404],
    ['GET /v1/batches HTTP/1.1\r\nHost: x\r\n\r\n', 200],
    [`${post}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, 400],
    ['PUT /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}', 405],
  );

  test('all at once: every answer in its turn', async () => {
    const trains = draw(fc.array(call, { minLength: 2, maxLength: 12 }), 30);
    const all = await answersTo(trains.map((train) => train.map(([text]) => text).join('')));
    for (const [index, answers] of all.entries()) {
      expect(answers.map(({ status }) => status)).toEqual((trains[index] ?? []).map(([, status]) => status));
      for (const answer of answers.filter(({ status }) => status !== 200)) expectRefusal(answer);
    }
  });

  test('with nonsense at the end: what came before is answered, then at most the refusal', async () => {
    const trains = draw(fc.array(call, { minLength: 1, maxLength: 6 }), 30);
    const all = await answersTo(trains.map((train) => `${train.map(([text]) => text).join('')}what is this\r\n\r\n`));
    for (const [index, answers] of all.entries()) {
      const statuses = [...(trains[index] ?? []).map(([, status]) => status), 400];
      // A refusal that might be taken for another call's answer is not written.
      expect(statuses.slice(0, answers.length)).toEqual(answers.map(({ status }) => status));
    }
  });
});

describe('whoever takes his time', () => {
  test.each<[string, string, string]>([
    ['headers that never end', 'POST /v1/responses HTTP/1.1\r\nHost: x\r\nA: ', 'a'],
    ['a request line that never ends', 'POST /', 'a'],
    ['a body that never ends', `${post}Content-Length: 50000\r\n\r\n{"a":"`, 'a'],
    ['chunks that never end', `${post}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
    ['a body nobody asked for', `GET /v1/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n`, 'a'],
  ])('%s', async (_name, start, more) => {
    const before = stored();
    const answers = readAnswers(await speakSlowly(gateway.port, start, more));
    expect(answers.at(-1)?.status).toBe(408);
    for (const answer of answers) expectRefusal(answer);
    expect(stored()).toBe(before);
  });

  test('and says nothing more', async () => {
    await expectRefusals([
      'POST /v1/responses HTTP/1.1\r\nHost: x\r\n',
      `${post}Content-Length: 50\r\n\r\n`,
      `${post}Content-Length: 50\r\n\r\n{"model":"gpt-4o`,
      `${post}Transfer-Encoding: chunked\r\n\r\n5\r\n{"mo`,
      `${post}Expect: 100-continue\r\nContent-Length: 50\r\n\r\n`,
    ]);
  });

  test('more of them than there are places: others are told to come again, and the places are free afterwards', async () => {
    const slow = `${post}Content-Length: 50\r\n\r\n{`;
    const heard = await Promise.all(Array.from({ length: 60 }, () => speakRaw(gateway.port, slow)));
    const statuses = new Set(heard.flatMap((text) => readAnswers(text).map(({ status }) => status)));
    expect(statuses).toEqual(new Set([408, 429]));
    await gateway.held(0);
    expect((await gateway.post(chat('free again'), { prefer: 'respond-async' })).status).toBe(202);
  });

  test('a call that is held is not cut, however long its answer takes', async () => {
    const held = speakRaw(gateway.port, whole(good, 'Connection: close\r\n'));
    await gateway.held(1);
    // Two who come later are cut one after the other: more than the limit has gone by.
    for (const _ of [1, 2]) await speakRaw(gateway.port, 'GET /');
    await gateway.finish();
    expect(readAnswers(await held).map(({ status }) => status)).toEqual([200]);
  });
});

// Last: after all of that.
test('nothing is left behind: every place is free, no waiter waits, nothing was logged as an error', async () => {
  await gateway.held(0);
  const calls = Array.from({ length: 40 }, (_, n) => gateway.post(chat(`last ${n}`)));
  await gateway.held(40);
  await gateway.finish();
  for (const call of calls) expect((await call).status).toBe(200);
  await logger.flush();
  expect(errors).toEqual([]);
});

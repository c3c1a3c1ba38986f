import { afterEach, expect, test } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { type LogFields, type Logger } from '@batch-gpt/logging';
import { sampleKeysFile, secretOf } from '../testing/sample-keys.ts';
import { parseApiKeys } from './parse-api-keys.ts';
import { watchApiKeys, type WatchedApiKeys } from './watch-api-keys.ts';

const fileOf = (...tenants: string[]) =>
  JSON.stringify({
    tenants: Object.fromEntries(tenants.map((tenant) => [tenant, {}])),
    keys: sampleKeysFile(Object.fromEntries(tenants.map((tenant) => [tenant, {}]))).keys.map(
      ({ tenant, name, sha256 }) => ({ tenant, name, sha256 }),
    ),
  });

let watched: WatchedApiKeys | null = null;
afterEach(async () => {
  await watched?.[Symbol.asyncDispose]();
  watched = null;
});

async function setUp() {
  let content: string | Error = fileOf('acme');
  const lines: string[] = [];
  const note = (level: string) => (message: string, fields?: LogFields) =>
    void lines.push(`${level} ${message} ${fields?.['err'] instanceof Error ? fields['err'].message : ''}`.trim());
  const logger = { info: note('info'), warn: note('warn'), error: note('error'), debug: note('debug') };
  const keys = await watchApiKeys({
    read: () => (typeof content === 'string' ? Promise.resolve(content) : Promise.reject(content)),
    parse: parseApiKeys,
    source: 'the file',
    every: 3_600_000,
    logger: logger as unknown as Logger,
  });
  watched = keys;
  const holders = () => ['acme', 'beta'].filter((tenant) => keys.current().find(secretOf(tenant)) !== null);
  const become = async (next: string | Error) => {
    content = next;
    await keys.look();
    return holders();
  };
  return { become, holders, lines };
}

test('a changed file takes effect: added keys are let in, removed ones are not', async () => {
  const { become, holders, lines } = await setUp();
  expect(holders()).toEqual(['acme']);
  expect(await become(fileOf('acme', 'beta'))).toEqual(['acme', 'beta']);
  expect(await become(fileOf('beta'))).toEqual(['beta']);
  expect(await become(fileOf('beta'))).toEqual(['beta']);
  expect(await become(fileOf())).toEqual([]);
  expect(lines).toEqual(['info api keys read', ...Array<string>(3).fill('info api keys reloaded')]);
});

test('bad content keeps the old and is an error in the log, once for each content', async () => {
  const { become, lines } = await setUp();
  lines.length = 0;
  expect(await become('{')).toEqual(['acme']);
  expect(await become('{')).toEqual(['acme']);
  expect(await become('{"tenants": {}}')).toEqual(['acme']);
  expect(await become(new AppError('config_invalid', 'cannot be read'))).toEqual(['acme']);
  expect(await become(new AppError('config_invalid', 'cannot be read'))).toEqual(['acme']);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['error', 'error', 'error']);
  expect(lines[1]).toContain('keys: ');
  expect(await become(fileOf('beta'))).toEqual(['beta']);
  expect(lines.at(-1)).toBe('info api keys reloaded');
});

test('the old content coming back ends the trouble without a reload; the same trouble afterwards is said again', async () => {
  const { become, lines } = await setUp();
  lines.length = 0;
  await become('{');
  await become(fileOf('acme'));
  await become('{');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['error', 'error']);
});

test('bad at the start: refused with every problem', async () => {
  const start = watchApiKeys({
    read: () => Promise.resolve('{"tenants": {}, "key": []}'),
    parse: parseApiKeys,
    source: 'GATEWAY_API_KEYS_FILE',
    every: 1000,
    logger: { info: () => undefined } as unknown as Logger,
  });
  await expect(start).rejects.toMatchObject({ code: 'config_invalid' });
  await expect(start).rejects.toThrow(
    /GATEWAY_API_KEYS_FILE is not valid:\n {2}keys: .*\n {2}the file: has unknown fields: key/,
  );
});

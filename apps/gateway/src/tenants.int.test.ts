import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually, spawnService, startTestRedis, type TestService } from '@batch-gpt/testing';
import { secretOf, sha256 } from './testing/sample-keys.ts';
import { chat } from './testing/start-test-gateway.ts';

let stack: AsyncDisposableStack;
let folder: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'batch-gpt-tenants-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

const contentOf = (...tenants: string[]) =>
  JSON.stringify({
    tenants: Object.fromEntries(tenants.map((tenant) => [tenant, {}])),
    keys: tenants.map((tenant) => ({ tenant, name: 'main', sha256: sha256(secretOf(tenant)) })),
  });

/** As Kubernetes mounts a secret: the file is a link into a folder that is itself a link, and only that one is swapped. */
async function mountSecret() {
  let version = 0;
  const path = join(folder, 'keys.json');
  await symlink(join('..data', 'keys.json'), path);
  const write = async (content: string) => {
    version += 1;
    const data = join(folder, `..version${version}`);
    await mkdir(data);
    await writeFile(join(data, 'keys.json'), content);
    await symlink(data, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  return { path, write };
}

const start = async (env: Record<string, string>) =>
  stack.use(
    await spawnService({
      app: 'gateway',
      env: { SQLITE_PATH: join(folder, 'store.sqlite'), GATEWAY_API_KEYS_RELOAD_MS: '50', ...env },
      waitFor: 'listening',
    }),
  );

const output = (service: TestService) => service.logs().join('\n');

const statusOf = async (service: TestService, tenant: string) => {
  const response = await fetch(`${service.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${secretOf(tenant)}`,
      prefer: 'respond-async',
    },
    body: JSON.stringify(chat('hi')),
  });
  await response.arrayBuffer();
  return response.status;
};

test('keys come and go while the process runs; bad content changes nothing', async () => {
  const redis = stack.use(await startTestRedis());
  const { path, write } = await mountSecret();
  await write(contentOf('acme'));
  const service = await start({ REDIS_URL: redis.url, GATEWAY_API_KEYS_FILE: path });
  expect([await statusOf(service, 'acme'), await statusOf(service, 'beta')]).toEqual([202, 401]);

  await write(contentOf('beta'));
  await eventually(async () => (await statusOf(service, 'beta')) === 202);
  expect(await statusOf(service, 'acme')).toBe(401);

  await write(`${contentOf('acme')} and then something with ${secretOf('acme')}`);
  await eventually(() => output(service).includes('the api keys could not be reloaded'));
  expect([await statusOf(service, 'acme'), await statusOf(service, 'beta')]).toEqual([401, 202]);
  expect(output(service)).not.toMatch(/sk-acme|sk-beta/);
  expect(output(service)).not.toContain(sha256(secretOf('beta')));
});

test('a few keys come from a variable', async () => {
  const service = await start({
    REDIS_URL: 'redis://127.0.0.1:1',
    GATEWAY_API_KEYS: `acme:main:${sha256(secretOf('acme'))}`,
  });
  expect([await statusOf(service, 'acme'), await statusOf(service, 'beta')]).toEqual([202, 401]);
});

test('a bad file at the start is refused with every problem', async () => {
  const path = join(folder, 'keys.json');
  await writeFile(
    path,
    JSON.stringify({ tenants: {}, keys: [{ tenant: 'acme', name: 'a b', sha256: secretOf('a') }] }),
  );
  const starting = start({ REDIS_URL: 'redis://127.0.0.1:1', GATEWAY_API_KEYS_FILE: path });
  await expect(starting).rejects.toThrow(/^(?![^]*sk-a)[^]*keys\.0\.name[^]*keys\.0\.sha256/);
  const missing = start({ REDIS_URL: 'redis://127.0.0.1:1', GATEWAY_API_KEYS_FILE: join(folder, 'nothing') });
  await expect(missing).rejects.toThrow('ENOENT');
});

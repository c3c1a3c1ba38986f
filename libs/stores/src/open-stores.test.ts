import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '@batch-gpt/logging';
import { openStores } from './index.ts';

const run = promisify(execFile);

describe('openStores', () => {
  it('opens the SQLite file and leaves the MongoDB driver unloaded', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'store.db');
    // In a process of its own: what is loaded there is what this call loads.
    const program = `
      import { createRequire } from 'node:module';
      import { openStores } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      const quiet = () => undefined;
      const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger };
      await using stores = await openStores({ store: { kind: 'sqlite', path: process.argv[2] }, logger });
      await stores.ping();
      const open = await stores.batches.open(null, 10);
      const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => /mongo/.test(file));
      process.stdout.write(JSON.stringify({ open, loaded }));
    `;
    const main = join(folder.path, 'main.mjs');
    await writeFile(main, program);
    const { stdout } = await run(process.execPath, [main, path]);
    expect(JSON.parse(stdout)).toEqual({ open: [], loaded: [] });
  });

  it.each([
    ['a text', (url: string) => url],
    ['a text that does not print', (url: string) => ({ reveal: () => url })],
  ])(
    'takes the MongoDB URL as %s and rejects when nothing answers there',
    async (_, given) => {
      const url = given(`mongodb://127.0.0.1:${await closedPort()}/`);
      const opening = openStores({ store: { kind: 'mongo', url, database: 'none' }, logger: silentLogger });
      await expect(opening).rejects.toMatchObject({ code: 'store_unavailable' });
      // The store is given some seconds for its first answer.
    },
    60_000,
  );

  it.each([
    'mongodb://me:secret@',
    'postgres://me:secret@127.0.0.1/',
    'mongodb://me:sec/ret@127.0.0.1/',
    'mongodb://me:secret@127.0.0.1:99999/',
    'mongodb://me:secret@127.0.0.1/?noSuchOption=1',
  ])('rejects %s, which is no MongoDB URL, without repeating it', async (url) => {
    const store = { kind: 'mongo', url, database: 'none' } as const;
    const refused: unknown = await openStores({ store, logger: silentLogger }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'config_invalid' });
    expect(inspect(refused, { depth: 9 })).not.toMatch(/sec\/?ret/);
  });
});

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'batch-gpt-stores-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

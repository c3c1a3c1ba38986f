import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findStore, findTestMongo } from './find-mongo.ts';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ladder-'));
});
afterAll(() => rm(home, { recursive: true }));

async function program(file: string, script: string): Promise<string> {
  const path = join(home, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const quiet = { mayBuild: false, announce: () => undefined };

describe('the ladder to a store', () => {
  it('ends at the embedded one', async () => {
    expect(await findStore({ env: { PATH: home } })).toMatchObject({ kind: 'embedded' });
  });

  it('takes a mongod on the path first', async () => {
    const command = await program('bin/mongod', 'exit 0');
    expect(await findStore({ env: { PATH: join(home, 'bin') } })).toMatchObject({ kind: 'program', command });
  });

  it('takes the embedded one when told to', async () => {
    await program('bin/mongod', 'exit 0');
    const found = await findStore({ env: { PATH: join(home, 'bin') }, only: 'embedded' });
    expect(found).toMatchObject({ kind: 'embedded' });
  });

  it('refuses a given address where nobody answers', async () => {
    const env = { MONGODB_URL: 'mongodb://user:word@127.0.0.1:1,127.0.0.1:2/db' };
    await expect(findStore({ env })).rejects.toThrow('MONGODB_URL is set, but nobody answers there');
  });

  it('refuses a given address of another kind', async () => {
    await expect(findStore({ env: { MONGODB_URL: 'http://127.0.0.1' } })).rejects.toThrow('is not a mongodb://');
  });
});

describe('the ladder to a MongoDB for tests', () => {
  it('takes the stand-in from the cache folder', async () => {
    const command = await program('cache/batch-gpt/tools/secantus-mdb-0.5.3-beta.196/bin/secantusd-rs', 'exit 0');
    const found = await findTestMongo({ ...quiet, env: { XDG_CACHE_HOME: join(home, 'cache') } });
    expect(found).toMatchObject({ kind: 'program', command, initiate: false });
  });

  it('does not build it unless it may', async () => {
    const cargo = await program('cargo-bin/cargo', 'exit 1');
    const found = findTestMongo({ ...quiet, env: { HOME: home, PATH: dirname(cargo) } });
    await expect(found).rejects.toThrow('is not built');
  });

  it('builds it into the cache folder of the user, announced', async () => {
    const builder = 'while [ "$1" != --root ]; do shift; done; mkdir -p "$2/bin"; echo > "$2/bin/secantusd-rs"';
    const cargo = await program('cargo-builds/cargo', builder);
    const announced: string[] = [];
    const found = await findTestMongo({
      env: { HOME: home, PATH: dirname(cargo) },
      mayBuild: true,
      announce: (line) => announced.push(line),
      download: () => Promise.resolve({ ok: false, output: 'no network' }),
    });
    const root = join(home, '.cache/batch-gpt/tools/secantus-mdb-0.5.3-beta.196');
    expect(found).toMatchObject({ command: join(root, 'bin/secantusd-rs') });
    expect(announced).toEqual([
      expect.stringContaining('to download'),
      expect.stringContaining('cargo install secantus-mdb --version 0.5.3-beta.196'),
    ]);
  });

  it('takes a server that its download brought, once', async () => {
    const command = await program('downloads/mongod-x64', 'exit 0');
    let downloads = 0;
    const options = {
      env: { HOME: join(home, 'other') },
      mayBuild: true,
      announce: () => undefined,
      download: () => {
        downloads += 1;
        return Promise.resolve({ ok: true, output: `some news\n${command}` });
      },
    };
    expect(await findTestMongo(options)).toMatchObject({ kind: 'program', command, initiate: true });
    expect(await findTestMongo({ ...options, mayBuild: false })).toMatchObject({ command });
    expect(downloads).toBe(1);
  });
});

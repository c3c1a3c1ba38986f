import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPythonClient } from './find-python-client.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'python-client-'));
});
afterEach(() => rm(home, { recursive: true }));

const find = (mayInstall = true, folders = ['bin']) =>
  findPythonClient({
    env: { XDG_CACHE_HOME: join(home, 'cache'), PATH: folders.map((folder) => join(home, folder)).join(':') },
    mayInstall,
    announce: () => undefined,
  });

/** A program that obeys like Python: `-c` says whether it is new enough, `-m venv` copies it, `-m pip` ends with `pip`. */
async function fakePython(folder: string, { isNew = true, pip = 0 } = {}): Promise<void> {
  const file = join(home, folder, 'python3');
  const script = `case "$2" in
venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
pip) echo "no index"; exit ${pip};;
*) exit ${isNew ? 0 : 1};;
esac`;
  await mkdir(join(home, folder), { recursive: true });
  await writeFile(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  await chmod(file, 0o755);
}

describe('the Python client', () => {
  it('is installed once, and found afterwards without any Python on the path', async () => {
    await fakePython('bin');
    const installed = await find();
    expect(installed).toMatchObject({
      found: { python: expect.stringMatching(/cache\/batch-gpt\/tools\/openai-.*python$/) },
    });
    expect(await find(false, [])).toEqual(installed);
  });

  it('is not installed unless that is allowed', async () => {
    await fakePython('bin');
    expect(await find(false)).toEqual({ absent: expect.stringContaining('is not there') });
  });

  it('needs a Python that is new enough', async () => {
    await fakePython('bin', { isNew: false });
    expect(await find()).toEqual({ absent: 'no Python 3.10 or newer on the path' });
  });

  it('leaves nothing behind when its packages cannot be had', async () => {
    await fakePython('bin', { pip: 1 });
    expect(await find()).toEqual({ absent: 'pip failed: no index' });
    expect(await readdir(join(home, 'cache/batch-gpt/tools'))).toEqual([]);
  });
});

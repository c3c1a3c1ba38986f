import { expect, it } from '@jest/globals';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './lock-folder.ts';

it('lets one run at a time use a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  try {
    const first = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow('another run uses');
    first[Symbol.dispose]();
    (await lockFolder(folder))[Symbol.dispose]();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('keeps what is stored there from other users of the machine', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'lock-'));
  try {
    const folder = join(parent, 'data', 'demo');
    (await lockFolder(folder))[Symbol.dispose]();
    const modes = await Promise.all(
      [join(parent, 'data'), folder].map(async (path) => (await stat(path)).mode & 0o777),
    );
    expect(modes).toEqual([0o700, 0o700]);
  } finally {
    await rm(parent, { recursive: true });
  }
});

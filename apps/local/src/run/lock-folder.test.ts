import { expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
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

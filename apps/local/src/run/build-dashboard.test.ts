import { access, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { workspace } from '../workspace.ts';
import { findVite, isOutdated } from './build-dashboard.ts';

let folder: string;
const write = async (path: string, at: number) => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), '');
  await utimes(join(folder, path), at, at);
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-gpt-site-'));
  await write('apps/dashboard/src/pages/money.tsx', 100);
  await write('libs/contracts/src/index.ts', 100);
  await write('libs/status-client/src/index.ts', 100);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is where there is no site', async () => {
  expect(await isOutdated(folder)).toBe(true);
});

it.each([
  ['a page', 'apps/dashboard/src/pages/money.tsx'],
  ['what it imports', 'libs/contracts/src/deep/down.ts'],
  ['its packages', 'package-lock.json'],
])('is once %s is younger than the site', async (_what, path) => {
  await write('apps/dashboard/site/index.html', 200);
  expect(await isOutdated(folder)).toBe(false);
  await write(path, 300);
  expect(await isOutdated(folder)).toBe(true);
});

it('is built by what is installed', async () => {
  await expect(access(findVite(workspace) ?? 'nowhere')).resolves.toBeUndefined();
  expect(findVite(folder)).toBeNull();
});

import { runCommand } from '@batch-gpt/local-servers';
import { readdir, stat } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** What the site is made of, below the workspace. */
const sources = ['apps/dashboard/src', 'libs/contracts/src', 'libs/status-client/src'];
const settings = ['apps/dashboard/index.html', 'apps/dashboard/vite.config.ts', 'package-lock.json'];

const limitMs = 120_000;

/** Builds the dashboard's site where it is missing or older than what it is made of; gives null, or why that failed. */
export async function buildDashboard(workspace: string): Promise<string | null> {
  if (!(await isOutdated(workspace))) return null;
  const vite = findVite(workspace);
  if (vite === null) return 'vite is not installed: run npm ci';
  const words = [vite, 'build', join(workspace, 'apps/dashboard'), '--logLevel', 'warn'];
  const { ok, output } = await runCommand(process.execPath, words, { timeoutMs: limitMs });
  return ok ? null : output;
}

/** The script that builds, wherever npm has put it: it may be the dashboard's own and on nobody's path. Null: nowhere. */
export function findVite(workspace: string): string | null {
  try {
    const found = findPackageJSON('vite', join(workspace, 'apps/dashboard/package.json'));
    return found === undefined ? null : join(dirname(found), 'bin/vite.js');
  } catch (error) {
    if (codeOf(error) === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** Whether something has changed since the site was built. */
export async function isOutdated(workspace: string): Promise<boolean> {
  const built = await changedAt(join(workspace, 'apps/dashboard/site/index.html'));
  if (built === null) return true;
  const folders = await Promise.all(sources.map((folder) => filesIn(join(workspace, folder))));
  const files = [...settings.map((file) => join(workspace, file)), ...folders.flat()];
  const times = await Promise.all(files.map(changedAt));
  return times.some((time) => time !== null && time > built);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Milliseconds since the epoch; null for what is not there. */
async function changedAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : null;

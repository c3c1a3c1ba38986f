import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisProgram, startRedis } from '@batch-gpt/local-servers';
import { startCrashable, type TestServer } from './crashable-server.ts';
import { toolsDir } from './workspace.ts';

/** Starts a Redis of its own for this test; `persistent` keeps an append-only file, so that a restart finds its data (up to a second of writes may be lost). */
export async function startTestRedis({ persistent = false } = {}): Promise<TestServer> {
  const program = await findRedisProgram({
    env: process.env,
    toolsDir,
    mayInstall: false,
    announce: () => undefined,
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'batch-gpt-redis-'));
  return startCrashable({
    dataDir,
    start: (port) => startRedis({ program, dataDir, persistent, ...(port === undefined ? {} : { port }) }),
  });
}

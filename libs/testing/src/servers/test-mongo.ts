import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTestMongo, startMongo, type GivenMongo, type MongoProgram } from '@batch-gpt/local-servers';
import { startCrashable, type TestServer } from './crashable-server.ts';

/** Whether tests on MongoDB can run here, to choose between `describe` and `describe.skip`. With `CI=true` having none is an error instead. */
export async function canTestMongo(): Promise<boolean> {
  return (await search()) !== null;
}

/**
 * A MongoDB for this test, `url` with a database of its own: a server of its own where there is a program to start, a
 * fresh database on `MONGODB_URL` where that is set (that one cannot be killed). Null, with a warning, when there is
 * none and this is not CI.
 */
export async function startTestMongo(): Promise<TestServer | null> {
  const found = await search();
  if (found === null) return null;
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  if (found.kind === 'given') return givenServer(withDatabase(found.url, database));
  const dataDir = await mkdtemp(join(tmpdir(), 'batch-gpt-mongo-'));
  const server = await startCrashable({
    dataDir,
    start: (port) => startMongo({ program: found, dataDir, ...(port === undefined ? {} : { port }) }),
  });
  return { ...server, url: withDatabase(server.url, database) };
}

async function search(): Promise<GivenMongo | MongoProgram | null> {
  const env = process.env;
  if ((env['MONGODB_URL'] ?? '') !== '') return findTestMongo({ env, mayBuild: false, announce: () => undefined });
  try {
    return await findTestMongo({ env, mayBuild: false, announce: () => undefined });
  } catch (error) {
    if (env['CI'] === 'true') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`tests on MongoDB are skipped: ${reason}`);
    return null;
  }
}

function withDatabase(url: string, database: string): string {
  const [, hosts = url, query = ''] = /^([^?]*?\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(url) ?? [];
  return `${hosts}/${database}${query}`;
}

function givenServer(url: string): TestServer {
  const refuse = (): never => {
    throw new Error('the MongoDB of MONGODB_URL is not ours to stop: run this test without MONGODB_URL');
  };
  const refuseLater = (): Promise<never> => Promise.resolve().then(refuse);
  return {
    url,
    port: Number(new URL(url).port),
    pid: refuse,
    kill: refuseLater,
    restart: refuseLater,
    pause: refuse,
    resume: refuse,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

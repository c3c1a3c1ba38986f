import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMongoWritable } from '../wire/mongo-command.ts';
import { findTestMongo } from './find-mongo.ts';
import type { MongoProgram } from './mongo-program.ts';
import { startMongo } from './start-mongo.ts';

const program = await findProgram();

async function findProgram(): Promise<MongoProgram | null> {
  try {
    const { PATH, HOME, XDG_CACHE_HOME } = process.env;
    const found = await findTestMongo({
      env: { PATH, HOME, XDG_CACHE_HOME },
      mayBuild: false,
      announce: () => undefined,
    });
    return found.kind === 'program' ? found : null;
  } catch (error) {
    if (process.env['CI'] === 'true' && (process.env['MONGODB_URL'] ?? '') === '') throw error;
    process.emitWarning(`tests on MongoDB are skipped: ${String(error)}`);
    return null;
  }
}

const describeWithMongo = program === null ? describe.skip : describe;

describeWithMongo('a MongoDB of our own', () => {
  it('takes writes, is gone afterwards, and comes back on another port', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'start-mongo-'));
    try {
      if (program === null) throw new Error('unreachable: skipped without a program');
      const first = await startMongo({ program, dataDir });
      expect(await isMongoWritable(first.port)).toBe(true);
      await first[Symbol.asyncDispose]();
      expect(await isMongoWritable(first.port)).toBe(false);
      await using second = await startMongo({ program, dataDir });
      expect(await isMongoWritable(second.port)).toBe(true);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place for a database file of a test, gone after disposal. */
export interface TestFolder extends AsyncDisposable {
  readonly file: string;
}

export async function createTestFolder(): Promise<TestFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'store-sqlite-'));
  return {
    file: join(folder, 'data', 'store.sqlite'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

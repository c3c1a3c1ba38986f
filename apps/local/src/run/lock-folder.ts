import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@batch-gpt/errors';

/** Makes the folder ours until disposed; a second run on it is refused. The system drops the lock with the process, however that ends. */
export async function lockFolder(folder: string): Promise<Disposable> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new AppError('config_invalid', `another run uses ${folder}: stop it first`, { cause });
  }
  return { [Symbol.dispose]: () => database.close() };
}

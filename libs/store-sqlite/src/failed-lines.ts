import type { FailedLines } from '@batch-gpt/domain';
import type { Database } from './database.ts';

/** The port of failed lines on a database worker. */
export function createFailedLines({ write }: Pick<Database, 'write'>): FailedLines {
  return { acceptAgain: (batchId, keys, at) => write('acceptAgain', batchId, keys, at) };
}

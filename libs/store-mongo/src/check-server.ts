import type { Logger } from '@batch-gpt/logging';
import type { mongo } from 'mongoose';

/**
 * Warns of a server that is no part of a replica set. Nothing else is left to check: how commands are acknowledged and
 * read is set on the collections, and the driver refuses a server that is too old.
 */
export async function checkServer(db: mongo.Db, logger: Logger): Promise<void> {
  const warning = judgeHello(await db.command({ hello: 1 }));
  if (warning !== null) logger.warn(warning);
}

/** What is wrong with a deployment that answers `hello` so, null for nothing. */
export function judgeHello(hello: Readonly<Record<string, unknown>>): string | null {
  // Members of a replica set name it; a router of a sharded cluster says what it is.
  if (typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid') return null;
  return 'database is a single server and no replica set: one copy of all data, and no other server to take over';
}

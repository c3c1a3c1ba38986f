import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock } from '../clock.ts';
import { newFileId } from '../ids.ts';
import { type StoredFile } from './stored-file.ts';

/** Files on disk under the provider's ids; the index is in memory and bounded. */
export interface FileStore {
  /** A fresh id and the path its bytes belong at. */
  reserve(): { id: string; path: string };
  add(file: StoredFile): Promise<void>;
  /** Null for a file that is unknown, deleted or expired. */
  get(id: string): StoredFile | null;
  /** As `get`, and null too while the file is not yet visible to reads. */
  read(id: string): StoredFile | null;
  /** Newest first. */
  list(): StoredFile[];
  remove(id: string): Promise<boolean>;
}

/** Keeps at most `limit` files; the oldest go first. */
export function createFileStore(deps: { dir: string; clock: Clock; limit: number }): FileStore {
  const files = new Map<string, StoredFile>();
  const expired = (file: StoredFile): boolean => file.expiresAtMs !== null && file.expiresAtMs <= deps.clock.now();

  async function remove(id: string): Promise<boolean> {
    const file = files.get(id);
    if (file === undefined) return false;
    files.delete(id);
    await rm(file.path, { force: true });
    return !expired(file);
  }
  function get(id: string): StoredFile | null {
    const file = files.get(id);
    return file === undefined || expired(file) ? null : file;
  }

  return {
    get,
    remove,
    reserve() {
      const id = newFileId();
      return { id, path: join(deps.dir, id) };
    },
    async add(file) {
      files.set(file.id, file);
      for (const [id, other] of files) {
        if (files.size <= deps.limit && !expired(other)) break;
        await remove(id);
      }
    },
    read(id) {
      const file = get(id);
      return file !== null && file.visibleAtMs <= deps.clock.now() ? file : null;
    },
    list: () => [...files.values()].filter((file) => !expired(file)).toReversed(),
  };
}

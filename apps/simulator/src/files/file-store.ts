import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock } from '../clock.ts';
import { newFileId } from '../ids.ts';
import { type Journal } from '../journal/journal.ts';
import { type StoredFile } from './stored-file.ts';

/** Files on disk under the provider's ids; the index is in memory and bounded, and in the journal. */
export interface FileStore {
  /** A fresh id and the path its bytes belong at. */
  reserve(): { id: string; path: string };
  /** The path of an id's bytes. */
  place(id: string): string;
  add(file: StoredFile): Promise<void>;
  /** Null for a file that is unknown, deleted or expired. */
  get(id: string): StoredFile | null;
  /** As `get`, and null too while the file is not yet visible to reads. */
  read(id: string): StoredFile | null;
  /** Newest first. */
  list(): StoredFile[];
  remove(id: string): Promise<boolean>;
  /** Keeps a file's bytes, even if it is deleted, until what it returns is called. */
  hold(id: string): () => Promise<void>;
}

interface FileStoreDeps {
  readonly dir: string;
  readonly clock: Clock;
  readonly limit: number;
  readonly journal: Journal;
  /** Files that are there already, oldest first. */
  readonly restored: readonly StoredFile[];
}

/** Keeps at most `limit` files; the oldest go first. */
export function createFileStore({ dir, clock, limit, journal, restored }: FileStoreDeps): FileStore {
  const files = new Map(restored.map((file) => [file.id, file]));
  const holders = new Map<string, number>();
  const expired = (file: StoredFile): boolean => file.expiresAtMs !== null && file.expiresAtMs <= clock.now();
  const place = (id: string): string => join(dir, id);

  async function remove(id: string): Promise<boolean> {
    const file = files.get(id);
    if (file === undefined) return false;
    files.delete(id);
    journal.append({ t: 'file-gone', id });
    if (!holders.has(id)) await rm(file.path, { force: true });
    return !expired(file);
  }
  function get(id: string): StoredFile | null {
    const file = files.get(id);
    return file === undefined || expired(file) ? null : file;
  }
  async function release(id: string): Promise<void> {
    const others = (holders.get(id) ?? 1) - 1;
    if (others > 0) holders.set(id, others);
    else holders.delete(id);
    if (others === 0 && !files.has(id)) await rm(place(id), { force: true });
  }

  return {
    get,
    remove,
    place,
    reserve() {
      const id = newFileId();
      return { id, path: place(id) };
    },
    async add(file) {
      files.set(file.id, file);
      const { path: _path, ...rest } = file;
      journal.append({ t: 'file', file: rest });
      for (const [id, other] of files) {
        if (files.size <= limit && !expired(other)) break;
        await remove(id);
      }
    },
    read(id) {
      const file = get(id);
      return file !== null && file.visibleAtMs <= clock.now() ? file : null;
    },
    list: () => [...files.values()].filter((file) => !expired(file)).toReversed(),
    hold(id) {
      holders.set(id, (holders.get(id) ?? 0) + 1);
      return () => release(id);
    },
  };
}

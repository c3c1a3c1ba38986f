import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** An input file on its way to the provider: written to until it is disposed of, there until it is removed. */
export interface ScratchFile extends AsyncDisposable {
  readonly path: string;
  /** Appends all bytes. */
  write(bytes: Buffer): Promise<void>;
}

/** Where input files are built. Each can be built again at any time, so nothing here is synced. */
export interface ScratchFolder {
  /** An empty file of this name, in place of what a crash left there. */
  create(name: string): Promise<ScratchFile>;
  remove(name: string): Promise<void>;
}

/** Scratch files in a folder on disk, which is made when it is first needed. */
export function createScratchFolder(folder: string): ScratchFolder {
  return {
    create: async (name) => {
      await mkdir(folder, { recursive: true });
      const path = join(folder, name);
      const file = await open(path, 'w');
      return { path, write: (bytes) => writeAll(file, bytes), [Symbol.asyncDispose]: () => file.close() };
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.byteLength;) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}

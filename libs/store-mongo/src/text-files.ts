import { pipeline } from 'node:stream/promises';
import type { RequestKey } from '@batch-gpt/contracts';
import { mongo } from 'mongoose';

/** Where a text is that is kept apart from its row, and its size in bytes. */
export interface TextRef {
  readonly file: mongo.ObjectId;
  readonly bytes: number;
}

/** The GridFS bucket `bodies`: a file holds one text and is named for the key of its row. */
export interface TextFiles {
  readonly createIndexes: () => Promise<void>;
  /** Writes a text as a new file; every part of it is durable when this resolves. */
  readonly write: (key: RequestKey, text: string) => Promise<TextRef>;
  /** The whole text, or null where the file is gone or not whole. */
  readonly read: (ref: TextRef) => Promise<string | null>;
  /** Removes texts that no row refers to. */
  readonly remove: (refs: readonly TextRef[]) => Promise<void>;
}

export interface FileRow {
  readonly _id: mongo.ObjectId;
  readonly filename: string;
  readonly uploadDate: Date;
}

export interface ChunkRow {
  readonly files_id: mongo.ObjectId;
  readonly n: number;
}

const bucketName = 'bodies';

/** The bucket's own collections: a text's chunks are written before its file, and removed after it. */
export function fileCollections(db: mongo.Db) {
  return {
    files: db.collection<FileRow>(`${bucketName}.files`),
    chunks: db.collection<ChunkRow>(`${bucketName}.chunks`),
  };
}

const chunkSizeBytes = 1024 * 1024;

// At most three bytes each: a piece never fills more than one chunk, so that one is on its way at a time.
const pieceLength = 256 * 1024;

/** `db` carries the durability of every read and write. */
export function createTextFiles(db: mongo.Db): TextFiles {
  const bucket = new mongo.GridFSBucket(db, { bucketName, chunkSizeBytes });
  return {
    createIndexes: async () => {
      const { files, chunks } = fileCollections(db);
      // The two that GridFS is specified with; the driver would create them at the first upload.
      await Promise.all([
        files.createIndexes([{ key: { filename: 1, uploadDate: 1 } }]),
        chunks.createIndexes([{ key: { files_id: 1, n: 1 }, unique: true }]),
      ]);
    },

    write: async (key, text) => {
      const upload = bucket.openUploadStream(key);
      await pipeline(piecesOf(text), upload);
      return { file: upload.id, bytes: upload.length };
    },

    read: async ({ file, bytes }) => {
      const whole = Buffer.allocUnsafe(bytes);
      let filled = 0;
      try {
        for await (const chunk of bucket.openDownloadStream(file) as AsyncIterable<Buffer>) {
          if (filled + chunk.length > bytes) return null;
          filled += chunk.copy(whole, filled);
        }
      } catch (error) {
        if (isNotWhole(error)) return null;
        throw error;
      }
      // The driver does not miss chunks at the end.
      return filled === bytes ? whole.toString() : null;
    },

    remove: async (refs) => {
      await removeFiles(
        db,
        refs.map(({ file }) => file),
      );
    },
  };
}

/** Removes files with their chunks; returns how many files there were. */
export async function removeFiles(db: mongo.Db, ids: readonly mongo.ObjectId[]): Promise<number> {
  const { files, chunks } = fileCollections(db);
  // The file first: a reader then finds nothing, rather than less than the whole.
  const { deletedCount } = await files.deleteMany({ _id: { $in: [...ids] } });
  await chunks.deleteMany({ files_id: { $in: [...ids] } });
  return deletedCount;
}

/** A text as UTF-8, little by little, no character cut in two. */
function* piecesOf(text: string): Generator<Buffer> {
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = Math.min(from + pieceLength, text.length);
    if (isHighSurrogate(text.charCodeAt(to - 1))) to += 1;
    yield Buffer.from(text.slice(from, to));
  }
}

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isNotWhole(error: unknown): boolean {
  if (error instanceof mongo.MongoGridFSChunkError) return true;
  return error instanceof mongo.MongoRuntimeError && 'code' in error && error.code === 'ENOENT';
}

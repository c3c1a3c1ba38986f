import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { LineSizes, RequestKey } from '@batch-gpt/contracts';
import { batchLine, type BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps } from '../batcher-deps.ts';

const rowsPerRead = 1000;
const bytesPerRead = 4 * 1024 * 1024;

/** An input file on disk. `digest` is the SHA-256 of its bytes, hex. */
export interface InputFile {
  readonly path: string;
  readonly lines: number;
  readonly bytes: number;
  readonly digest: string;
}

/**
 * Writes the batch's members, ordered by key, one line each, to `path`; overwrites what a crash left there. Memory
 * stays at one page of bodies. The file is scratch: it can be built again at any time, so it is not synced.
 */
export async function buildInputFile(
  deps: Pick<BatcherDeps, 'requests'>,
  batch: BatchRecord,
  path: string,
  signal: AbortSignal,
): Promise<InputFile> {
  const hash = createHash('sha256');
  let lines = 0;
  let bytes = 0;
  await using file = await open(path, 'w');
  for await (const page of pagesOf(deps, batch, signal)) {
    const text = Buffer.from(page.map(({ key, body }) => batchLine(key, batch.endpoint, body)).join(''), 'utf8');
    hash.update(text);
    lines += page.length;
    bytes += text.byteLength;
    await writeAll(file, text);
  }
  return { path, lines, bytes, digest: hash.digest('hex') };
}

/** True when the file holds exactly what was claimed. */
export function isComplete(file: InputFile, sizes: LineSizes): boolean {
  return file.lines === sizes.lines && file.bytes === sizes.bytes;
}

async function* pagesOf(deps: Pick<BatcherDeps, 'requests'>, batch: BatchRecord, signal: AbortSignal) {
  let after: RequestKey | null = null;
  for (;;) {
    signal.throwIfAborted();
    const page = await deps.requests.memberBodies(batch.id, after, rowsPerRead, bytesPerRead);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.key;
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.byteLength;) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}

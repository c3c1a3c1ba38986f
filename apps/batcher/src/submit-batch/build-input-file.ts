import { createHash } from 'node:crypto';
import type { LineSizes, RequestKey } from '@batch-gpt/contracts';
import { batchLine, type BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps } from '../batcher-deps.ts';

const rowsPerRead = 1000;
const bytesPerRead = 4 * 1024 * 1024;

/** A built input file. `digest` is the SHA-256 of its bytes, hex. */
export interface InputFile {
  readonly path: string;
  readonly lines: number;
  readonly bytes: number;
  readonly digest: string;
}

/**
 * Writes the batch's members, ordered by key, one line each, to the scratch file `name`. Memory stays at one page of
 * bodies.
 */
export async function buildInputFile(
  deps: Pick<BatcherDeps, 'requests' | 'scratch'>,
  batch: BatchRecord,
  name: string,
  signal: AbortSignal,
): Promise<InputFile> {
  const hash = createHash('sha256');
  let lines = 0;
  let bytes = 0;
  await using file = await deps.scratch.create(name);
  for await (const page of pagesOf(deps, batch, signal)) {
    const text = Buffer.from(page.map(({ key, body }) => batchLine(key, batch.endpoint, body)).join(''), 'utf8');
    hash.update(text);
    lines += page.length;
    bytes += text.byteLength;
    await file.write(text);
  }
  return { path: file.path, lines, bytes, digest: hash.digest('hex') };
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

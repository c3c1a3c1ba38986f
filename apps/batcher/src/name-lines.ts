import { createHash } from 'node:crypto';
import type { BatchRecord, NamedLine, ProviderSnapshot } from '@batch-gpt/domain';
import type { StepDeps } from './batcher-deps.ts';
import { validationCause } from './validation-cause.ts';

/**
 * The keys behind the line numbers of a rejected batch, read from the uploaded input file itself. A file whose digest
 * is not ours names nobody; null when the provider no longer has the file.
 */
export async function nameLines(
  deps: Pick<StepDeps, 'provider' | 'logger'>,
  batch: BatchRecord,
  errors: ProviderSnapshot['errors'],
  signal: AbortSignal,
): Promise<readonly NamedLine[] | null> {
  const wanted = new Map(errors.flatMap((error) => (error.line === null ? [] : [[error.line, error] as const])));
  const file = batch.inputFileId === null ? null : await deps.provider.openFile(batch.inputFileId, signal);
  if (file === null) return null;
  const named: NamedLine[] = [];
  const digest = createHash('sha256');
  let number = 1;
  let head: Buffer[] = [];
  let headBytes = 0;
  for await (const chunk of file.chunks) {
    digest.update(chunk);
    let start = 0;
    for (let end = chunk.indexOf(newline); ; end = chunk.indexOf(newline, start)) {
      const piece = chunk.subarray(start, end === -1 ? undefined : end);
      if (headBytes < headLimit) {
        head.push(Buffer.from(piece.subarray(0, headLimit - headBytes)));
        headBytes += piece.byteLength;
      }
      if (end === -1) break;
      const error = wanted.get(number);
      const key = keyOf(Buffer.concat(head));
      if (error !== undefined && key !== null) named.push({ key, cause: validationCause(error) });
      [number, head, headBytes, start] = [number + 1, [], 0, end + 1];
    }
  }
  if (digest.digest('hex') === batch.digest) return named;
  deps.logger.error('the provider holds another input file than ours', { inputFileId: batch.inputFileId });
  return [];
}

const newline = 0x0a;
// Our own lines begin with the custom_id: this much of a line names it.
const headLimit = 128;

function keyOf(head: Buffer): string | null {
  return /^\{"custom_id":"([0-9a-f]{64})"/.exec(head.toString('latin1'))?.[1] ?? null;
}

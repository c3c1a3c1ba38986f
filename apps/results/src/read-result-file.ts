import { AppError } from '@batch-gpt/errors';
import { readResultLines, type ResultLines } from './read-result-lines.ts';
import type { ReadingProvider, ResultsDeps } from './results-deps.ts';

type ReadDeps = Pick<ResultsDeps, 'maxLineBytes'> & { readonly provider: ReadingProvider };

/**
 * Streams a result file's lines. Throws AppError `provider_unavailable` at the latest at its end, unless every byte of
 * the file object was there: what its rows say holds, but nothing follows from a row that did not come.
 */
export async function* readResultFile(
  { provider, maxLineBytes }: ReadDeps,
  fileId: string,
  signal: AbortSignal,
): AsyncGenerator<ResultLines, void, undefined> {
  const content = await provider.openFile(fileId, signal);
  if (content === null) throw unreadable('The provider does not know a result file.', { fileId });
  const counted = countBytes(content.chunks);
  yield* readResultLines(counted.chunks, maxLineBytes);
  if (counted.bytes() !== content.bytes) {
    const details = { fileId, expected: content.bytes, read: counted.bytes() };
    throw unreadable('A result file was not read whole.', details);
  }
}

function countBytes(source: AsyncIterable<Uint8Array>) {
  let bytes = 0;
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of source) {
      bytes += chunk.byteLength;
      yield chunk;
    }
  }
  return { chunks: chunks(), bytes: () => bytes };
}

function unreadable(message: string, details: Readonly<Record<string, unknown>>): AppError {
  return new AppError('provider_unavailable', message, { details });
}

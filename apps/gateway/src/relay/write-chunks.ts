import { once } from 'node:events';
import { type ServerResponse } from 'node:http';

/** Writes an answer's body as fast as its reader takes it, and ends the answer. Rejects when the signal says so. */
export async function writeChunks(
  res: ServerResponse,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    if (!res.write(chunk)) await once(res, 'drain', { signal });
  }
  res.end();
}

import { AppError } from '@batch-gpt/errors';

/** Reads an answer of the provider whole; throws AppError `provider_unavailable` when it is larger than it may be. */
export async function readBounded(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new AppError('provider_unavailable', `The provider's answer is larger than ${maxBytes} bytes.`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

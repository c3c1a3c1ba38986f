import { AppError } from '@batch-gpt/errors';
import { accountHeaders, type Account } from './account.ts';
import { parseReply } from './parse-reply.ts';
import type { ProviderTimeouts } from './timeouts.ts';

const longestError = 1024 * 1024;

/** A file's bytes as they come; rejects with the SDK's APIError when the provider does not serve them. */
export async function openFileContent(
  id: string,
  { account, timeouts }: { readonly account: Account; readonly timeouts: ProviderTimeouts },
  signal: AbortSignal,
): Promise<ReadableContent> {
  const silence = new AbortController();
  const url = `${account.baseUrl}/files/${encodeURIComponent(id)}/content`;
  const response = await within(timeouts.read, silence, () =>
    fetch(url, { headers: accountHeaders(account), signal: AbortSignal.any([signal, silence.signal]) }),
  );
  const body = response.body ?? emptyBody();
  const chunks = readChunks(body, timeouts.contentIdle, silence);
  if (!response.ok) parseReply(response.status, response.headers, await text(chunks));
  return chunks;
}

type ReadableContent = AsyncGenerator<Uint8Array, void, undefined>;

async function* readChunks(body: ReadableStream<Uint8Array>, idle: number, silence: AbortController): ReadableContent {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(idle, silence, () => reader.read());
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw new AppError('provider_unavailable', 'The file could not be read to its end.', { cause });
  } finally {
    // Frees the connection of a reader that stopped early; after the end it does nothing.
    silence.abort(new Error('nobody reads on'));
  }
}

/** Only the waiting for the provider counts, never the time that the consumer takes. */
async function within<T>(limit: number, silence: AbortController, wait: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => silence.abort(new Error(`silent for ${limit} ms`)), limit);
  try {
    return await wait();
  } finally {
    clearTimeout(timer);
  }
}

async function text(chunks: ReadableContent): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > longestError) break;
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

function emptyBody(): ReadableStream<Uint8Array> {
  return new Blob([]).stream();
}

/*
 * One upload over a connection of its own. The answer may come before the body went up (401, 413): sending stops
 * there and the answer counts. Errors of the connection count only while there is no answer. A large body waits for
 * `100 Continue` first, a second at most: a server that refuses and hangs up while we write takes its answer along.
 *
 *   asking ── continue, or a second ──▶ sending ── whole body sent ──▶ waiting ── answer ──▶ reading ──▶ done
 *      └───────────── early answer ────────┴────────── stop sending ────────────────────────────▲
 */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setImmediate } from 'node:timers/promises';
import type { LocalInputFile } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { accountHeaders, type Account } from './account.ts';
import { multipartForm, type MultipartForm } from './multipart-form.ts';
import { parseReply } from './parse-reply.ts';
import type { ProviderTimeouts } from './timeouts.ts';

const readSize = 256 * 1024;
/** Below this the body is sent before a refusal could come; curl draws the line at the same size. */
const askFirstAbove = 1024 * 1024;
const longestWaitForContinue = 1000;
const longestAnswer = 1024 * 1024;

/** `POST /files`; resolves with the parsed body of a 2xx, rejects with the SDK's APIError for any other answer. */
export async function uploadInputFile(
  file: LocalInputFile,
  { account, timeouts }: { readonly account: Account; readonly timeouts: ProviderTimeouts },
  signal: AbortSignal,
): Promise<unknown> {
  await checkSize(file);
  const form = multipartForm(file.filename);
  const url = new URL(`${account.baseUrl}/files`);
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    agent: false,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeouts.uploadTotal)]),
    timeout: timeouts.uploadIdle,
    headers: {
      ...accountHeaders(account),
      accept: 'application/json',
      'content-type': form.contentType,
      'content-length': form.head.length + file.bytes + form.tail.length,
      ...(file.bytes > askFirstAbove && { expect: '100-continue' }),
    },
  });
  return exchange(request, formParts(form, file));
}

function exchange(request: ClientRequest, parts: AsyncIterable<Buffer>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const answered = new AbortController();
    request.once('timeout', () => request.destroy(new Error('the upload made no progress')));
    request.on('error', (error) => {
      if (!answered.signal.aborted) reject(error);
    });
    request.once('response', (response) => {
      answered.abort();
      readAnswer(response)
        .then(resolve, reject)
        .finally(() => request.destroy());
    });
    send(request, parts, answered.signal).catch((error: unknown) => {
      if (!answered.signal.aborted) request.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function send(request: ClientRequest, parts: AsyncIterable<Buffer>, answered: AbortSignal): Promise<void> {
  if (request.hasHeader('expect')) await mayContinue(request, answered);
  for await (const part of parts) {
    if (answered.aborted) return;
    if (!request.write(part)) await once(request, 'drain', { signal: answered });
  }
  request.end();
}

/** A refusal may come in the same packet as the leave to continue: both are looked at before the first byte goes. */
async function mayContinue(request: ClientRequest, answered: AbortSignal): Promise<void> {
  const enough = AbortSignal.any([answered, AbortSignal.timeout(longestWaitForContinue)]);
  await once(request, 'continue', { signal: enough }).catch((error: unknown) => {
    if (!enough.aborted) throw error;
  });
  await setImmediate();
}

async function* formParts(form: MultipartForm, file: LocalInputFile): AsyncGenerator<Buffer> {
  yield form.head;
  try {
    yield* createReadStream(file.path, { highWaterMark: readSize, end: file.bytes - 1 }) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw unreadable(cause);
  }
  yield form.tail;
}

async function readAnswer(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > longestAnswer) throw new Error(`the answer is longer than ${longestAnswer} bytes`);
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  return parseReply(response.statusCode ?? 0, headers, Buffer.concat(chunks).toString('utf8'));
}

/** A wrong size would break the framing; nothing has been sent yet, so this is no doubtful answer. */
async function checkSize(file: LocalInputFile): Promise<void> {
  const { size } = await stat(file.path).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  if (size !== file.bytes || size === 0) {
    throw new AppError('internal_error', `the input file has ${size} bytes instead of ${file.bytes}`);
  }
}

function unreadable(cause: unknown): AppError {
  return new AppError('internal_error', 'the input file cannot be read', { cause });
}

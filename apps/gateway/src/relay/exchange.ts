/*
 * One relayed call, from the provider's answer on: what is passed on, what is refused in its place.
 *
 *   no answer            ─▶ 502 `provider_unavailable`
 *   a redirect           ─▶ 502 `provider_refused`: it is not followed, and leads the caller past us
 *   401                  ─▶ 503 `account_parked`: it is about our key, and shows a part of it
 *   any other 4xx, 5xx   ─▶ passed on, read whole to take keys out of it
 *   2xx                  ─▶ passed on as it comes; where it may create something, its ids are noted before it ends
 */
import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type Response } from 'express';
import { AppError } from '@batch-gpt/errors';
import { type Caller } from '../tenant-of.ts';
import { callerHeaders } from './caller-headers.ts';
import { maskKeys } from './mask-keys.ts';
import { type IdsWanted, type NotedIds, passAndNote } from './note-ids.ts';
import { type OpenAccount, type Ownership } from './ownership.ts';
import { readBounded } from './read-bounded.ts';
import { writeChunks } from './write-chunks.ts';

/** How an answer is passed on. */
export interface PassOn {
  readonly res: Response;
  readonly caller: Caller;
  readonly account: OpenAccount;
  readonly answer: IncomingMessage;
  readonly signal: AbortSignal;
  /** Whether the ids in it are noted; null: it creates nothing. */
  readonly noted: IdsWanted | null;
  /** Whether an object of this kind can be asked for later. */
  readonly isKept: (object: string | null) => boolean;
  /** Headers of our own about the call. */
  readonly marks: Readonly<Record<string, string>>;
  /** Sees every piece of a success before it is passed on. */
  readonly watch?: (chunk: Uint8Array) => void;
}

const redirects: ReadonlySet<number> = new Set([300, 301, 302, 303, 305, 307, 308]);
const longestError = 256 * 1024;

/** Throws the refusal of an answer that is not passed on, an AppError; its connection is closed then. */
export function checkAnswer(answer: IncomingMessage): void {
  const refusal = refusalOf(answer);
  if (refusal === null) return;
  answer.destroy();
  throw refusal;
}

function refusalOf({ statusCode = 0 }: IncomingMessage): AppError | null {
  if (redirects.has(statusCode))
    return new AppError('provider_refused', `The provider redirects this call (${statusCode}), which is not followed.`);
  if (statusCode === 401)
    return new AppError('account_parked', 'The provider refuses the key of the account that pays for this call.');
  return null;
}

/** Passes the answer on to the caller; what is thrown before its first byte can still be answered. */
export async function passOn(ownership: Ownership, options: PassOn): Promise<void> {
  const { res, caller, account, answer, signal, noted, isKept, marks } = options;
  checkAnswer(answer);
  const { statusCode: status = 502, headers } = answer;
  if (status >= 400) {
    await passError(options);
    return;
  }
  setHead(res, status, { ...callerHeaders(headers, account.credentials.apiKey), ...marks });
  const note = async ({ ids, object }: NotedIds) => {
    if (isKept(object)) await ownership.note(caller, account, ids);
  };
  const noting = noted !== null && status < 300 && mayHoldIds(headers);
  // What is noted first may still become an error; anything else begins at once.
  if (!noting) res.flushHeaders();
  const chunks = options.watch === undefined ? answer : watched(answer, options.watch);
  await guarded(options, () => writeChunks(res, noting ? passAndNote(chunks, noted, note) : chunks, signal));
}

async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  watch: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    watch(chunk);
    yield chunk;
  }
}

/** Takes back what was set of an answer that failed before its first byte. */
async function guarded({ res, signal, marks }: PassOn, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const isForeign = (name: string) => !ours.has(name) && !Object.hasOwn(marks, name);
    if (!res.headersSent) for (const name of res.getHeaderNames().filter(isForeign)) res.removeHeader(name);
    signal.throwIfAborted();
    if (AppError.is(cause)) throw cause;
    throw new AppError('provider_unavailable', "The provider's answer was cut off.", { cause });
  }
}

async function passError(options: PassOn): Promise<void> {
  const { res, answer, account, marks } = options;
  const { apiKey } = account.credentials;
  const headers = callerHeaders(answer.headers, apiKey);
  delete headers['content-length'];
  delete headers['content-encoding'];
  const { statusCode = 502 } = answer;
  await guarded(options, async () => {
    const body = maskKeys(await readBounded(answer, longestError), apiKey);
    setHead(res, statusCode, { ...headers, ...marks });
    res.end(body);
  });
}

const ours = new Set([
  'connection',
  'x-request-id',
  'vary',
  'access-control-allow-origin',
  'access-control-expose-headers',
]);

function setHead(res: Response, status: number, headers: Readonly<Record<string, string | string[]>>): void {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'vary') res.vary(String(value));
    else res.setHeader(name, value);
  }
}

const mayHoldIds = (headers: IncomingHttpHeaders): boolean =>
  /^(application\/([\w.-]+\+)?json|text\/event-stream)\b/i.test(headers['content-type'] ?? '');

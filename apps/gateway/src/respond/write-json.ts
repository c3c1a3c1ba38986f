import { type ServerResponse } from 'node:http';
import { type Outcome } from '@batch-gpt/domain';
import { type Headers } from './answer-headers.ts';
import { type Pace } from '../replay/write-events.ts';
import { writeText } from '../replay/write-text.ts';

const json = { 'content-type': 'application/json' } as const;

/** Writes a JSON text as the whole answer; does nothing when the client is gone or answered already. */
export function writeJson(res: ServerResponse, status: number, body: string, headers: Headers = {}): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { ...headers, ...json, 'content-length': String(Buffer.byteLength(body)) });
  res.end(body);
}

/** The same for a text of any length; resolves when the last of it is written, or nobody listens. */
export async function writeLongJson(
  res: ServerResponse,
  status: number,
  body: string,
  { headers = {}, pace }: { readonly headers?: Headers; readonly pace: Pace },
): Promise<void> {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { ...headers, ...json, 'content-length': String(Buffer.byteLength(body)) });
  await writeText(res, body, pace);
}

/** Begins an answer in JSON that is not known yet: only blanks may come before it. No proxy may wait for its end. */
export function beginBody(res: ServerResponse, headers: Headers): void {
  res.writeHead(200, { ...headers, ...json, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
}

/** Writes a stored outcome as its caller gets it. A stored failure answers every repeat for its time, so SDKs had better not. */
export async function writeOutcome(res: ServerResponse, outcome: Outcome, headers: Headers, pace: Pace): Promise<void> {
  const retry = outcome.kind === 'failed' ? { 'x-should-retry': 'false' } : {};
  await writeLongJson(res, outcome.status, outcome.body, { headers: { ...headers, ...retry }, pace });
}

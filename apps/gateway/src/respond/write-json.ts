import { type ServerResponse } from 'node:http';
import { type Outcome } from '@batch-gpt/domain';
import { type Headers } from './answer-headers.ts';
import { isOpen } from './is-open.ts';

const json = { 'content-type': 'application/json' } as const;

/** Writes a JSON text as the whole answer; does nothing when the client is gone or answered already. */
export function writeJson(res: ServerResponse, status: number, body: string, headers: Headers = {}): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { ...headers, ...json, 'content-length': String(Buffer.byteLength(body)) });
  res.end(body);
}

/** Begins an answer in JSON that is not known yet: only blanks may come before it. No proxy may wait for its end. */
export function beginBody(res: ServerResponse, headers: Headers): void {
  res.writeHead(200, { ...headers, ...json, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
}

/** Ends an answer that was begun, as long as somebody listens. */
export function endBody(res: ServerResponse, body: string): void {
  if (isOpen(res)) res.end(body);
}

/** Writes a stored outcome as its caller gets it. A stored failure answers every repeat for its time, so SDKs had better not. */
export function writeOutcome(res: ServerResponse, outcome: Outcome, headers: Headers): void {
  const retry = outcome.kind === 'failed' ? { 'x-should-retry': 'false' } : {};
  writeJson(res, outcome.status, outcome.body, { ...headers, ...retry });
}

import { type ServerResponse } from 'node:http';
import { type Outcome } from '@batch-gpt/domain';
import { type Headers } from './answer-headers.ts';

/** Writes a JSON text as the whole answer; does nothing when the client is gone or answered already. */
export function writeJson(res: ServerResponse, status: number, body: string, headers: Headers = {}): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  });
  res.end(body);
}

/** Writes a stored outcome as its caller gets it. A stored failure answers every repeat for its time, so SDKs had better not. */
export function writeOutcome(res: ServerResponse, outcome: Outcome, headers: Headers): void {
  const retry = outcome.kind === 'failed' ? { 'x-should-retry': 'false' } : {};
  writeJson(res, outcome.status, outcome.body, { ...headers, ...retry });
}

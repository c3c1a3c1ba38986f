import { type ServerResponse } from 'node:http';

/**
 * Whether an answer can still be written to. A client that has half-closed is on its way out: Node closes such a
 * connection, and a write in between is an error that says nothing. The answer's own socket is not there yet while it
 * waits for the one before it on its connection.
 */
export function isOpen(res: Pick<ServerResponse, 'destroyed' | 'writableEnded' | 'req'>): boolean {
  return !res.destroyed && !res.writableEnded && res.req.socket.writable;
}

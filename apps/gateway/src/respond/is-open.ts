import { type ServerResponse } from 'node:http';

/**
 * Whether an answer can still be written to. A client that has half-closed is on its way out: Node closes such a
 * connection, and a write in between is an error that says nothing.
 */
export function isOpen(res: Pick<ServerResponse, 'destroyed' | 'writableEnded' | 'socket'>): boolean {
  return !res.destroyed && !res.writableEnded && res.socket?.writable === true;
}

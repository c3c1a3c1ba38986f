import { type IncomingMessage } from 'node:http';

/** How long a refused body may go on arriving, in milliseconds: a client that still sends does not read the refusal. */
const lingerMs = 10_000;

/** Lets what is still to come of a refused request arrive, for a while, and forgets it. */
export function discardRest(req: IncomingMessage): void {
  if (req.complete || req.destroyed) return;
  // Whatever happens to the rest: the refusal has been decided.
  req.on('error', () => undefined);
  req.resume();
  const { socket } = req;
  // Once the refusal has left, Node tells the request nothing more of its connection: watch that itself.
  const settled = () => {
    clearTimeout(timer);
    socket.off('close', settled);
  };
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', settled);
  req.once('end', settled);
}

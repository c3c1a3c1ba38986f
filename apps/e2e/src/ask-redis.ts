import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends one inline command to a Redis of a test and returns its one-line reply; an error reply throws, and so do ten silent seconds. */
export async function askRedis(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(`${command}\r\n`);
    const [reply] = (await once(socket, 'data', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
    const text = reply.toString().trim();
    if (text.startsWith('-')) throw new Error(text);
    return text;
  } finally {
    socket.destroy();
  }
}

import { once } from 'node:events';
import { connect } from 'node:net';

/** One answer as it came over the socket. */
export interface RawAnswer {
  /** Status codes in order: interim ones first, the final one last. */
  readonly statuses: readonly number[];
  readonly text: string;
}

/**
 * Posts an ordinary chat call over a socket of its own, with these headers and no others, and gives everything that
 * came until the server closed it. What an HTTP library would hide, such as interim answers, is in it.
 */
export async function rawCall(
  url: string,
  content: string,
  headers: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ model: 'gpt-6-luna', messages: [{ role: 'user', content }] });
  const head = {
    host: hostname,
    connection: 'close',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  await once(socket, 'close');
  const text = Buffer.concat(chunks).toString();
  return { statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)), text };
}

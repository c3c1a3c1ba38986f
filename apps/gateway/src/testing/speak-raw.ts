import { connect, type Socket } from 'node:net';

/** One answer as it stood on the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Writes bytes as they are, and gives all that is answered until the server closes the connection. */
export async function speakRaw(port: number, bytes: Uint8Array | string): Promise<string> {
  const heard: Buffer[] = [];
  const socket = connect(port, '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  // A connection that is reset has said what it had to say.
  socket.on('data', (chunk) => heard.push(chunk)).on('error', () => undefined);
  socket.write(bytes);
  await closed;
  return Buffer.concat(heard).toString('latin1');
}

/** Goes on sending one character at a time until the server closes the connection. */
export async function speakSlowly(port: number, start: string, more: string): Promise<string> {
  const heard: Buffer[] = [];
  const socket: Socket = connect(port, '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', (chunk) => heard.push(chunk)).on('error', () => undefined);
  socket.write(start);
  const drip = setInterval(() => {
    if (socket.writable) socket.write(more);
  }, 5);
  await closed;
  clearInterval(drip);
  return Buffer.concat(heard).toString('latin1');
}

/** Takes apart what was heard; throws where it is not one answer after the other. Interim answers have no body. */
export function readAnswers(heard: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = heard; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) [\w ]+$/.exec(statusLine)?.[1]);
    if (end === -1 || Number.isNaN(status)) throw new Error(`no answer: ${JSON.stringify(rest.slice(0, 200))}`);
    const headers = new Headers(lines.map((line) => line.split(': ', 2) as [string, string]));
    const length = status < 200 ? 0 : Number(headers.get('content-length'));
    answers.push({ status, headers, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

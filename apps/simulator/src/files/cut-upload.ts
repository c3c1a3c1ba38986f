import { type IncomingMessage } from 'node:http';

/** Destroys the connection once half of the body has come, or its first bytes if its length is not known. */
export function cutUpload(request: IncomingMessage): void {
  const length = Number(request.headers['content-length'] ?? 0);
  let received = 0;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received >= length / 2) request.socket.destroy();
  });
}

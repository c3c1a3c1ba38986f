import { connect } from 'node:net';
import { encodeBson, int32, type BsonDocument } from './bson.ts';

const OP_MSG = 2013;
const MAX_REPLY_BYTES = 1024 * 1024;

/** Runs one command on the admin database of a server on loopback; resolves with the raw reply, or null when there was none. */
export function runMongoCommand(port: number, command: BsonDocument, timeoutMs = 5000): Promise<Buffer | null> {
  const socket = connect({ host: '127.0.0.1', port });
  return new Promise<Buffer | null>((resolve) => {
    let received = Buffer.alloc(0);
    const none = (): void => resolve(null);
    socket.setTimeout(timeoutMs, none);
    socket.on('error', none);
    socket.on('close', none);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length > MAX_REPLY_BYTES) none();
      else if (received.length >= 4 && received.length >= received.readInt32LE(0)) resolve(received);
    });
    socket.write(message({ ...command, $db: 'admin' }));
  }).finally(() => socket.destroy());
}

/** Whether the server says that it takes writes. */
export async function isMongoWritable(port: number): Promise<boolean> {
  return (await runMongoCommand(port, { hello: 1 }))?.includes('\x08isWritablePrimary\0\x01') ?? false;
}

/** Header (length, request id, response to, opcode), flags, then one body section: the wire protocol's OP_MSG. */
function message(document: BsonDocument): Buffer {
  const body = encodeBson(document);
  const header = [int32(16 + 4 + 1 + body.length), int32(1), int32(0), int32(OP_MSG)];
  return Buffer.concat([...header, int32(0), Buffer.of(0), body]);
}

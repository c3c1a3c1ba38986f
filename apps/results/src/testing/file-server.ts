import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A result file that is made while it is sent. */
export interface ServedFile {
  readonly bytes: number;
  readonly lines: () => Iterable<string>;
}

export interface FileServer extends AsyncDisposable {
  readonly baseUrl: string;
  /** How many contents were sent to their end. */
  readonly served: () => number;
  /** Contents stop after so many bytes and stay open, until told otherwise. */
  readonly stallAfter: (bytes: number) => void;
  /** Resolves when a content stalls. */
  readonly stalled: () => Promise<void>;
}

/** Resolves when more may be written, or the reader is gone. */
async function drained(response: ServerResponse): Promise<void> {
  const done = new AbortController();
  const event = (name: string) => once(response, name, { signal: done.signal }).catch(() => undefined);
  await Promise.race([event('drain'), event('close')]);
  done.abort();
}

/** The provider's file routes, for one output file. */
export async function startFileServer(file: ServedFile): Promise<FileServer> {
  let limit = Infinity;
  let served = 0;
  let stall = Promise.withResolvers<undefined>();
  const object = {
    id: 'file-out',
    object: 'file',
    bytes: file.bytes,
    created_at: 1,
    filename: 'o',
    purpose: 'batch_output',
  };

  const send = async (response: ServerResponse): Promise<void> => {
    let sent = 0;
    for (const line of file.lines()) {
      if (sent >= limit) {
        stall.resolve(undefined);
        return;
      }
      sent += Buffer.byteLength(line);
      if (!response.write(line)) await drained(response);
      if (response.destroyed) return;
    }
    response.end();
    served += 1;
  };
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/content') === true) void send(response);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(object));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    served: () => served,
    stallAfter: (bytes) => {
      limit = bytes;
      stall = Promise.withResolvers();
    },
    stalled: async () => {
      await stall.promise;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

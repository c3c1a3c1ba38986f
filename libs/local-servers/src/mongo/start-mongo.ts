import { mkdir } from 'node:fs/promises';
import { freePort } from '../process/free-port.ts';
import { spawnServer, type ServerProcess } from '../process/spawn-server.ts';
import { isMongoWritable, runMongoCommand } from '../wire/mongo-command.ts';
import { REPLICA_SET, type MongoProgram } from './mongo-program.ts';

const PORT_ATTEMPTS = 5;

/** How to start a MongoDB of our own. */
export interface StartMongoOptions {
  readonly program: MongoProgram;
  /** Absolute; made when missing. One server at a time may use it (it locks it). */
  readonly dataDir: string;
  /** A free one when not given. */
  readonly port?: number;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A MongoDB we started on loopback; disposing it stops it. */
export interface MongoServer extends AsyncDisposable {
  /** Without a database. */
  readonly url: string;
  readonly port: number;
  readonly process: ServerProcess;
}

/** Starts a one-node replica set on loopback and resolves when it takes writes. */
export async function startMongo(options: StartMongoOptions): Promise<MongoServer> {
  await mkdir(options.dataDir, { recursive: true });
  if (options.port !== undefined) return startOn(options.port, options);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await freePort(), options);
    } catch (error) {
      // A free port can be lost between asking and listening.
      const lost = error instanceof Error && /address already in use|os error 98/i.test(error.message);
      if (!lost || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function startOn(port: number, { program, dataDir, onLine, signal }: StartMongoOptions): Promise<MongoServer> {
  const process = await spawnServer({
    name: 'mongodb',
    command: program.command,
    args: program.args({ port, dataDir }),
    ready: async () => (await isMongoWritable(port)) || (program.initiate && (await formReplicaSet(port))),
    readyTimeoutMs: 60_000,
    ...(onLine === undefined ? {} : { onLine }),
    ...(signal === undefined ? {} : { signal }),
  });
  // directConnection: the driver must not follow the name the set was once formed under.
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  return { url, port, process, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}

/**
 * Asks the node to form its set, or, when it was formed on another port in an earlier run, to go on under this one. It
 * is refused while the server starts and where nothing is to do, and asked again until the node takes writes.
 */
async function formReplicaSet(port: number): Promise<false> {
  const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
  const formed = await runMongoCommand(port, { replSetInitiate: { _id: REPLICA_SET, members } });
  if (formed?.includes('AlreadyInitialized')) {
    const config = { _id: REPLICA_SET, version: 1, members };
    await runMongoCommand(port, { replSetReconfig: config, force: true });
  }
  return false;
}

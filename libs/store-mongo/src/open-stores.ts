import type { KeepBodies } from '@batch-gpt/domain';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@batch-gpt/errors';
import type { Logger } from '@batch-gpt/logging';
import mongoose, { mongo, type Connection, type ConnectOptions } from 'mongoose';
import { checkServer } from './check-server.ts';
import { createStores, type MongoStores } from './create-stores.ts';
import { durability } from './durability.ts';
import { mapError } from './map-error.ts';

/** How long to wait for what, in milliseconds. */
export interface MongoTimeouts {
  /** For the first usable primary, when the stores are opened. */
  readonly firstAnswerMs: number;
  /** For a usable primary, at every call: how fast a call fails while the database is away. */
  readonly serverSelectionMs: number;
  /** For a connection with its handshake, and for a heartbeat's answer. */
  readonly connectMs: number;
  /** Between heartbeats; a server that answers none for this and `connectMs` is gone, and its open calls end. */
  readonly heartbeatMs: number;
  /** For an answer from a server whose heart still beats. */
  readonly socketMs: number;
  /** For a free connection of the pool. */
  readonly poolMs: number;
}

export interface MongoStoreOptions {
  /** `mongodb://` or `mongodb+srv://`, taken as it is: user and password are percent-encoded. */
  readonly url: string;
  readonly database: string;
  readonly logger: Logger;
  /** Keeps a request's body after its outcome is stored; off by default. */
  readonly keepRequestBodies?: KeepBodies;
  readonly maxConnections?: number;
  readonly timeouts?: Partial<MongoTimeouts>;
}

const defaultTimeouts: MongoTimeouts = {
  firstAnswerMs: 5_000,
  serverSelectionMs: 700,
  connectMs: 2_000,
  heartbeatMs: 2_000,
  socketMs: 15_000,
  poolMs: 3_000,
};

// A refusal, unlike silence, comes at once.
const betweenAttemptsMs = 200;
const leastAttempts = 3;

/**
 * Connects, creates missing indexes and gives both stores; warns of a server outside a replica set. Rejects with
 * AppError `store_unavailable` when the database is away, `config_invalid` when the URL is none.
 */
export async function openMongoStores(options: MongoStoreOptions): Promise<MongoStores> {
  const connection = await connectPatiently(options);
  try {
    await checkServer(connection.getClient().db(connection.name), options.logger);
    return await createStores(connection, options.keepRequestBodies ?? 'none');
  } catch (error) {
    await connection.close();
    throw mapError(error);
  }
}

// A machine on which everything starts at once takes longer for a first answer than a call may take later on.
async function connectPatiently(options: MongoStoreOptions): Promise<Connection> {
  const until = performance.now() + (options.timeouts?.firstAnswerMs ?? defaultTimeouts.firstAnswerMs);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect(options);
    } catch (error) {
      // A process that got no processor for seconds has not waited for the server yet.
      const isOver = performance.now() >= until && attempt >= leastAttempts;
      if (!AppError.is(error, 'store_unavailable') || isOver) throw error;
      await delay(betweenAttemptsMs);
    }
  }
}

// Each connection has its own models: two stores in one process do not know each other.
async function connect({ url, logger, ...settings }: MongoStoreOptions): Promise<Connection> {
  const connection = mongoose.createConnection();
  try {
    await connection.openUri(url, connectOptions(settings));
  } catch (error) {
    await connection.destroy();
    // Without its cause: whatever the parser quotes of the URL, password included, must not travel.
    if (isOfTheUrl(error)) {
      throw new AppError('config_invalid', 'the MongoDB URL is not valid', { details: { reason: error.name } });
    }
    throw mapError(error);
  }
  connection.on('disconnected', () => logger.warn('database is away'));
  connection.on('connected', () => logger.info('database is back'));
  return connection;
}

// The URL's parser has its own class of the driver's name; what the driver itself refuses before it dials is the rest.
function isOfTheUrl(error: unknown): error is Error {
  return error instanceof mongo.MongoDriverError || (error instanceof Error && error.name === 'MongoParseError');
}

type ConnectSettings = Omit<MongoStoreOptions, 'url' | 'logger'>;

/*
 * The driver has no deadline for a whole call. What bounds one: no primary (serverSelection), no heartbeat answered
 * (heartbeat + connect; ends open calls too, so that a frozen server is found without waiting for the socket), no
 * answer to the call itself (socket). It repeats a broken call once.
 */
function connectOptions({ database, maxConnections = 32, timeouts }: ConnectSettings): ConnectOptions {
  const { serverSelectionMs, connectMs, heartbeatMs, socketMs, poolMs } = { ...defaultTimeouts, ...timeouts };
  return {
    dbName: database,
    appName: 'batch-gpt',
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    ...durability,
    retryWrites: true,
    maxPoolSize: maxConnections,
    serverSelectionTimeoutMS: serverSelectionMs,
    connectTimeoutMS: connectMs,
    heartbeatFrequencyMS: heartbeatMs,
    socketTimeoutMS: socketMs,
    waitQueueTimeoutMS: poolMs,
  };
}

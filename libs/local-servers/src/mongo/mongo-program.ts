/** A server that speaks MongoDB's protocol, which we may start. */
export interface MongoProgram {
  readonly kind: 'program';
  /** Where it came from, to show. */
  readonly how: string;
  readonly command: string;
  readonly args: (launch: MongoLaunch) => readonly string[];
  /** Whether the server must be told to form its one-node replica set. */
  readonly initiate: boolean;
}

/** A MongoDB that somebody gave us by address; never ours to stop. */
export interface GivenMongo {
  readonly kind: 'given';
  readonly how: string;
  readonly url: string;
}

/** Where this start listens and keeps its data. */
export interface MongoLaunch {
  readonly port: number;
  readonly dataDir: string;
}

/** The name of every replica set we start. */
export const REPLICA_SET = 'rs0';

/** MongoDB's own server, as a replica set of one node: that is what gives it an oplog and write concerns to wait for. */
export function mongod(command: string): MongoProgram {
  return {
    kind: 'program',
    how: `${command} on the path`,
    command,
    args: ({ port, dataDir }) => [
      ...['--replSet', REPLICA_SET, '--bind_ip', '127.0.0.1', '--port', `${port}`],
      ...['--dbpath', dataDir, '--quiet'],
    ],
    initiate: true,
  };
}

/** The stand-in for tests; it presents itself as a replica set without being told. */
export function secantus(command: string): MongoProgram {
  return {
    kind: 'program',
    how: `${command} (for tests only)`,
    command,
    args: ({ port, dataDir }) => [
      ...['--host', '127.0.0.1', '--port', `${port}`, '--storage-path', dataDir, '--sync-on-commit'],
      // Its defaults take 4 GB of memory and a 128 MB log for every empty store.
      ...['--cache-size', '256M', '--log-file-max', '16MB', '--log-level', 'WARNING'],
    ],
    initiate: false,
  };
}

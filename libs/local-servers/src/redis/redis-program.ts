/** A Redis we may start, and how its command line is made. */
export interface RedisProgram {
  readonly kind: 'program';
  /** Where it came from, to show: "redis-server on the path". */
  readonly how: string;
  readonly command: string;
  readonly args: (launch: RedisLaunch) => readonly string[];
  /** What the server itself will call its data folder. */
  readonly folder: (dataDir: string) => string;
  /** A container engine may first have to fetch its image. */
  readonly readyTimeoutMs: number;
}

/** A Redis that somebody gave us by address; never ours to stop. */
export interface GivenRedis {
  readonly kind: 'given';
  readonly how: string;
  readonly url: string;
}

/** Where this start listens, keeps its data, and how. */
export interface RedisLaunch {
  readonly port: number;
  readonly dataDir: string;
  readonly settings: readonly string[];
}

/** A server binary on this machine. */
export function nativeRedis(how: string, command: string): RedisProgram {
  return {
    kind: 'program',
    how,
    command,
    args: ({ port, dataDir, settings }) => ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', dataDir, ...settings],
    folder: (dataDir) => dataDir,
    readyTimeoutMs: 20_000,
  };
}

const IMAGE = 'docker.io/valkey/valkey:8';

/** A container in the foreground: the engine's command passes SIGTERM on and removes the container when it ends. */
export function containerRedis(how: string, command: string): RedisProgram {
  return {
    kind: 'program',
    how,
    command,
    args: ({ port, dataDir, settings }) => [
      ...['run', '--rm', '--publish', `127.0.0.1:${port}:6379`, '--volume', `${dataDir}:/data`],
      ...[IMAGE, 'valkey-server', '--protected-mode', 'no', ...settings],
    ],
    folder: () => '/data',
    readyTimeoutMs: 300_000,
  };
}

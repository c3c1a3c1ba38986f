import { join } from 'node:path';
import { spawnServiceProcess, type Exit } from '@batch-gpt/local-servers';
import { residentBytes } from './resident-bytes.ts';
import { workspace } from './workspace.ts';

/** What each service opens; one that is not named here has an ops port only. */
const SERVES: Readonly<Record<string, readonly ('port' | 'ops')[]>> = {
  gateway: ['port', 'ops'],
  simulator: ['port'],
};

/** What to run. */
export interface SpawnServiceOptions {
  /** Folder under `apps/`. */
  readonly app: string;
  /** All of its settings: nothing of ours but PATH, HOME and TMPDIR is passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** For error messages, when several of one kind run. */
  readonly name?: string;
  /** `listening` for a service that must come up while what it needs is down; default `ready`. */
  readonly waitFor?: 'ready' | 'listening';
  /** Flags of Node, such as a heap limit. */
  readonly execArgv?: readonly string[];
  readonly readyTimeoutMs?: number;
  readonly stopTimeoutMs?: number;
}

/** A service running as a process of its own. Disposing ends it by SIGTERM, then SIGKILL. */
export interface TestService extends AsyncDisposable {
  readonly pid: number;
  /** Where its API listens; 0 for a service without one. */
  readonly port: number;
  /** Where health and metrics listen; 0 for a service without. */
  readonly opsPort: number;
  /** `http://127.0.0.1:<port>`, of the API, or of the ops port for a service without one. */
  readonly url: string;
  /** Sends a signal (default SIGKILL) and resolves when the process is gone; SIGSTOP and SIGCONT resolve at once. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** The last lines it logged. */
  readonly logs: () => readonly string[];
  /** Resident memory in bytes. */
  readonly rss: () => Promise<number>;
}

/** Starts `apps/<app>/src/main.ts` on free ports of loopback and resolves when it is ready. */
export async function spawnService(options: SpawnServiceOptions): Promise<TestService> {
  const { app, env, name = app } = options;
  const { PATH, HOME, TMPDIR } = process.env;
  const service = await spawnServiceProcess({
    name,
    main: join(workspace, 'apps', app, 'src/main.ts'),
    serves: SERVES[app] ?? ['ops'],
    cwd: workspace,
    env: { PATH, HOME, TMPDIR, HOST: '127.0.0.1', PORT: '0', OPS_PORT: '0', LOG_FORMAT: 'json', ...env },
    keepLines: 2000,
    waitFor: options.waitFor ?? 'ready',
    execArgv: options.execArgv ?? [],
    readyTimeoutMs: options.readyTimeoutMs ?? 30_000,
    stopTimeoutMs: options.stopTimeoutMs ?? 15_000,
  });
  const port = service.port ?? 0;
  const opsPort = service.opsPort ?? 0;
  return {
    pid: service.pid,
    port,
    opsPort,
    url: `http://127.0.0.1:${port === 0 ? opsPort : port}`,
    kill: async (signal = 'SIGKILL') => {
      service.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await service.exited;
    },
    exited: service.exited,
    logs: service.lines,
    rss: () => residentBytes(service.pid),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

import { join } from 'node:path';
import { spawnServiceProcess, type ServerProcess, type ServiceProcess } from '@batch-gpt/local-servers';
import type { Style, Terminal } from '../terminal.ts';
import { workspace } from '../workspace.ts';
import { formatLogLine } from './format-log-line.ts';
import { keepRunning, type Happening, type Kept } from './keep-running.ts';

// A service is given its own grace (30 s) before it is killed.
const SERVICE_STOP_MS = 35_000;

const STYLES: Readonly<Record<string, Style>> = {
  gateway: 'cyan',
  batcher: 'magenta',
  results: 'blue',
  simulator: 'yellow',
};

/** In which order things stop: what takes calls first, what everything stands on last; things of one tier together. */
export type Tier = 'entrance' | 'workers' | 'foundations';
const STOP_ORDER: readonly Tier[] = ['entrance', 'workers', 'foundations'];

/** One of our services, and with which settings it runs. */
export interface LocalService {
  /** Folder under `apps/`. */
  readonly name: string;
  readonly serves: readonly ('port' | 'ops')[];
  readonly env: NodeJS.ProcessEnv;
  readonly tier: Tier;
  /** Flags of Node. */
  readonly execArgv?: readonly string[];
}

/** The ports of a service; 0 where it has none. */
export interface Ports {
  readonly port: number;
  readonly opsPort: number;
}

/** Starts processes and keeps them running. Disposing stops all of them, tier by tier. */
export interface Keeper extends AsyncDisposable {
  /** Keeps a server running; resolves once it is up. */
  readonly server: (name: string, start: (signal: AbortSignal) => Promise<ServerProcess>) => Promise<void>;
  /** Keeps a service running, always on the ports it got first; resolves once it is up. */
  readonly service: (service: LocalService) => Promise<Ports>;
  /** The process of each thing that is kept running, by name. */
  readonly pids: () => ReadonlyMap<string, number>;
  /** Kills what runs. */
  readonly hurry: () => void;
}

interface Named extends Kept {
  readonly name: string;
}

/** What a keeper needs. */
export interface KeeperOptions {
  readonly terminal: Terminal;
  /** Whether the services' log lines are shown. */
  readonly showLogs: boolean;
  /** Ends starts that are under way. */
  readonly signal: AbortSignal;
}

/** Makes a keeper of nothing yet. */
export function createKeeper({ terminal, showLogs, signal }: KeeperOptions): Keeper {
  const tiers: Record<Tier, Named[]> = { entrance: [], workers: [], foundations: [] };

  const keep = async (name: string, tier: Tier, start: (signal: AbortSignal) => Promise<ServerProcess>) => {
    const report = (happening: Happening): void => reportTo(terminal, name, happening);
    tiers[tier].push({ name, ...(await keepRunning({ start, signal, report })) });
  };
  const service = async ({ name, serves, env, tier, execArgv = [] }: LocalService): Promise<Ports> => {
    const who = terminal.style(STYLES[name] ?? 'blue', name.padEnd(9));
    const onLine = (line: string): void => terminal.say(formatLogLine(who, line, terminal));
    let ports: Ports = { port: 0, opsPort: 0 };
    await keep(name, tier, async (abort) => {
      const started = await spawnServiceProcess({
        ...{ name, serves, execArgv, signal: abort, cwd: workspace },
        main: join(workspace, 'apps', name, 'src/main.ts'),
        env: { ...env, ...pinned(ports) },
        readyTimeoutMs: 60_000,
        stopTimeoutMs: SERVICE_STOP_MS,
        ...(showLogs ? { onLine } : {}),
      });
      ports = portsOf(started);
      return started;
    });
    return ports;
  };

  return {
    server: (name, start) => keep(name, 'foundations', start),
    service,
    pids: () => new Map(Object.values(tiers).flatMap((all) => all.map(({ name, pid }) => [name, pid()] as const))),
    hurry: () => {
      for (const kept of Object.values(tiers).flat()) kept.hurry();
    },
    [Symbol.asyncDispose]: async () => {
      for (const tier of STOP_ORDER) await Promise.all(tiers[tier].map((kept) => kept[Symbol.asyncDispose]()));
    },
  };
}

const portsOf = ({ port, opsPort }: ServiceProcess): Ports => ({ port: port ?? 0, opsPort: opsPort ?? 0 });

/** After a crash a service must come back where others know it. */
const pinned = ({ port, opsPort }: Ports): NodeJS.ProcessEnv => ({
  ...(port === 0 ? {} : { PORT: String(port) }),
  ...(opsPort === 0 ? {} : { OPS_PORT: String(opsPort) }),
});

function reportTo({ say, style }: Terminal, name: string, happening: Happening): void {
  if (happening.kind === 'up') return;
  const what = happening.kind === 'ended' ? `ended with ${happening.how}` : happening.reason;
  say(style('red', `${name} ${what}; starting it again in ${happening.againInMs} ms`));
}

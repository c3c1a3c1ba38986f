import { readPorts, type ServicePorts } from './read-ports.ts';
import { spawnServer, type ServerCommand, type ServerProcess } from '../process/spawn-server.ts';
import { httpStatus } from '../wire/http-status.ts';

/** A Node program of ours that logs JSON lines and says where it listens. */
export interface ServiceCommand extends Omit<ServerCommand, 'command' | 'args' | 'ready'> {
  /** Its entry, a `.ts` file; run by the Node that runs us. */
  readonly main: string;
  readonly execArgv?: readonly string[];
  readonly args?: readonly string[];
  /** What it serves: `port` for its API, `ops` for health and metrics. */
  readonly serves: readonly ('port' | 'ops')[];
  /** `ready`: also `/readyz` answers 200 where there is an ops port (default); `listening`: the ports are open. */
  readonly waitFor?: 'ready' | 'listening';
}

/** A running service. */
export interface ServiceProcess extends ServerProcess, ServicePorts {}

/** Starts a service and resolves when it serves. */
export async function spawnServiceProcess(service: ServiceCommand): Promise<ServiceProcess> {
  const { main, execArgv = [], args = [], serves, waitFor = 'ready', onLine } = service;
  let ports: ServicePorts = { port: null, opsPort: null };

  const ready = async (): Promise<boolean> => {
    if (serves.includes('port') && ports.port === null) return false;
    if (!serves.includes('ops')) return true;
    if (ports.opsPort === null) return false;
    return waitFor === 'listening' || (await httpStatus(ports.opsPort, '/readyz')) === 200;
  };
  const child = await spawnServer({
    ...service,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', ...execArgv, main, ...args],
    ready,
    onLine: (line) => {
      ports = readPorts(ports, line);
      onLine?.(line);
    },
  });
  return { ...child, ...ports };
}

/** The ports a service said it listens on; null until it said so. */
export interface ServicePorts {
  readonly port: number | null;
  readonly opsPort: number | null;
}

/** The message of each kind of port. */
const KINDS = new Map<unknown, keyof ServicePorts>([
  ['listening', 'port'],
  ['ops listening', 'opsPort'],
]);

/** Reads `{"msg":"listening","port":N}` and `{"msg":"ops listening","port":N}`, which every service logs, one JSON object a line. */
export function readPorts(known: ServicePorts, line: string): ServicePorts {
  if (!line.startsWith('{') || !line.includes('"port"')) return known;
  const { msg, port } = parsed(line);
  const kind = KINDS.get(msg);
  return kind === undefined || typeof port !== 'number' ? known : { ...known, [kind]: port };
}

function parsed(line: string): { msg?: unknown; port?: unknown } {
  try {
    return JSON.parse(line) as { msg?: unknown; port?: unknown };
  } catch {
    // Not ours to judge: a half line of a process that is being killed, or another program's output.
    return {};
  }
}

/** The ports a service said it listens on; null until it said so. */
export interface ServicePorts {
  readonly port: number | null;
  readonly opsPort: number | null;
}

/** Reads `{"msg":"listening","port":N}` and `{"msg":"ops listening","port":N}`, which every service logs, one JSON object a line. */
export function readPorts(known: ServicePorts, line: string): ServicePorts {
  if (!line.startsWith('{') || !line.includes('listening')) return known;
  const { msg, port } = parsed(line);
  if (typeof port !== 'number') return known;
  if (msg === 'listening') return { ...known, port };
  return msg === 'ops listening' ? { ...known, opsPort: port } : known;
}

function parsed(line: string): { msg?: unknown; port?: unknown } {
  try {
    return JSON.parse(line) as { msg?: unknown; port?: unknown };
  } catch {
    // Not ours to judge: a half line of a process that is being killed, or another program's output.
    return {};
  }
}

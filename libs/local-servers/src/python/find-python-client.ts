import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt } from '../ladder/climb.ts';
import { toolsFolder } from '../mongo/test-mongo.ts';
import { findProgram, isExecutable } from '../process/find-program.ts';
import { runCommand } from '../process/run-command.ts';

// The official client, the library that most other Python programs call HTTP with, and one that many programs are built on.
const PACKAGES = ['openai==3.22.1', 'requests==2.34.2', 'langchain-openai==1.7.4'] as const;
const FOLDER = PACKAGES.join('-').replaceAll('==', '-');
const PYTHONS = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const CHECK = 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
const LIMIT_MS = 300_000;

/** A Python that has the official client, for tests. */
export interface PythonClient {
  readonly python: string;
  /** What was installed, as pip names it. */
  readonly packages: readonly string[];
}

/** What finding it needs. */
export interface PythonClientOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mayInstall: boolean;
  readonly announce: (line: string) => void;
}

/** The official client for Python in an environment of its own in the user's cache folder, installed there once where that is allowed. */
export async function findPythonClient(options: PythonClientOptions): Promise<Attempt<PythonClient>> {
  const tools = toolsFolder(options.env);
  if (tools === null) return { absent: 'neither XDG_CACHE_HOME nor HOME is set' };
  const home = join(tools, FOLDER);
  const python = join(home, 'bin/python');
  if (await isExecutable(python)) return { found: { python, packages: PACKAGES } };
  if (!options.mayInstall) return { absent: `${home} is not there` };
  const failure = await install(home, options);
  return failure === null ? { found: { python, packages: PACKAGES } } : { absent: failure };
}

/** Null when it worked, else why it did not. */
async function install(home: string, { env, announce }: PythonClientOptions): Promise<string | null> {
  const base = await newEnough(env['PATH']);
  if (base === null) return 'no Python 3.10 or newer on the path';
  announce(`installing the Python client for tests, once: ${PACKAGES.join(' ')}, into ${home}`);
  // Built beside its place and moved in whole, so that an interrupted install is not taken for a finished one.
  const draft = `${home}.draft-${process.pid}`;
  try {
    await mkdir(draft, { recursive: true });
    const made = await runCommand(base, ['-m', 'venv', draft], { timeoutMs: LIMIT_MS });
    if (!made.ok) return `python -m venv failed: ${lastLine(made.output)}`;
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', ...PACKAGES];
    const got = await runCommand(join(draft, 'bin/python'), pip, { timeoutMs: LIMIT_MS });
    if (!got.ok) return `pip failed: ${lastLine(got.output)}`;
    await rm(home, { recursive: true, force: true });
    await rename(draft, home);
    return null;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function newEnough(path: string | undefined): Promise<string | null> {
  for (const name of PYTHONS) {
    const python = await findProgram([name], path);
    if (python !== null && (await runCommand(python, ['-c', CHECK])).ok) return python;
  }
  return null;
}

const lastLine = (text: string): string => text.split('\n').at(-1) ?? '';

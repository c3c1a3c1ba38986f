import { delimiter, join } from 'node:path';
import type { Attempt, Rung } from '../ladder/climb.ts';
import { findProgram, isExecutable } from '../process/find-program.ts';
import { runCommand } from '../process/run-command.ts';
import { secantus, type MongoProgram } from './mongo-program.ts';

// A server with MongoDB's protocol on the same storage engine, built from source. For tests only.
const CRATE = 'secantus-mdb';
const VERSION = '0.5.3-beta.196';
const BUILD_LIMIT_MS = 30 * 60_000;
const LINES_BETWEEN_NEWS = 100;

/** What the rung needs to know. */
export interface SecantusOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mayBuild: boolean;
  readonly announce: (line: string) => void;
}

/** The stand-in from the user's cache folder, built there once when that is allowed. */
export function secantusRung({ env, mayBuild, announce }: SecantusOptions): Rung<MongoProgram> {
  return {
    name: 'secantus',
    attempt: async () => {
      const home = secantusHome(env);
      if (home === null) return { absent: 'neither XDG_CACHE_HOME nor HOME is set' };
      const command = join(home, 'bin/secantusd-rs');
      if (await isExecutable(command)) return { found: secantus(command) };
      return mayBuild ? build(home, command, cargoPath(env), announce) : { absent: `${command} is not built` };
    },
  };
}

async function build(
  home: string,
  command: string,
  path: string,
  announce: (line: string) => void,
): Promise<Attempt<MongoProgram>> {
  const cargo = await findProgram(['cargo'], path);
  if (cargo === null) return { absent: 'not built, and no cargo on the path to build it' };
  const args = ['install', CRATE, '--version', VERSION, '--locked', '--ignore-rust-version', '--root', home];
  announce(`building a MongoDB for tests, once, 5 to 11 minutes: cargo ${args.join(' ')}`);
  let lines = 0;
  const onOutput = (text: string): void => {
    for (const line of text.split('\n').slice(0, -1)) {
      lines += 1;
      if (lines % LINES_BETWEEN_NEWS === 0) announce(`still building: ${line.trim()}`);
    }
  };
  const built = await runCommand(cargo, args, { timeoutMs: BUILD_LIMIT_MS, onOutput });
  if (!built.ok) return { absent: `cargo failed: ${built.output.split('\n').at(-1) ?? ''}` };
  return { found: secantus(command) };
}

/** Rust's installer puts cargo into the home folder, and not every shell has that on its path. */
const cargoPath = (env: SecantusOptions['env']): string =>
  [env['PATH'] ?? '', join(env['CARGO_HOME'] ?? join(env['HOME'] ?? '', '.cargo'), 'bin')].join(delimiter);

/** The folder of the build, null without a home. */
export function secantusHome(env: SecantusOptions['env']): string | null {
  const tools = toolsFolder(env);
  return tools === null ? null : join(tools, `${CRATE}-${VERSION}`);
}

/** Where servers for tests are kept for all checkouts: `${XDG_CACHE_HOME:-~/.cache}/batch-gpt/tools`, null without a home. */
export function toolsFolder(env: SecantusOptions['env']): string | null {
  const own = env['XDG_CACHE_HOME'] ?? '';
  const home = env['HOME'] ?? '';
  if (own === '' && home === '') return null;
  return join(own === '' ? join(home, '.cache') : own, 'batch-gpt/tools');
}

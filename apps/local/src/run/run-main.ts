import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CommandContext } from '../run-command.ts';
import { prepareServers } from '../verify/prepare.ts';
import { stepEnv } from '../verify/step-env.ts';
import { workspace } from '../workspace.ts';

/**
 * `npm run chaos -- --minutes N --seed S --store sqlite|mongo`: kills everything again and again under load, then counts
 * what was lost or paid twice. True when nothing was.
 */
export const chaos = (context: CommandContext): Promise<boolean> => runMain('apps/e2e/src/main.ts', context);

/** `npm run bench -- [P1 …] [--quick] [--store sqlite|mongo]`: measures beside baselines. True when no target was missed. */
export const bench = (context: CommandContext): Promise<boolean> => runMain('apps/bench/src/main.ts', context);

/** Runs a program of the workspace on the servers that tests have; true when it ended well. */
async function runMain(path: string, { args, env, terminal, signal }: CommandContext): Promise<boolean> {
  await prepareServers(env, terminal.say);
  const main = join(workspace, path);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    cwd: workspace,
    env: stepEnv(env, false),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // Ctrl-C reaches it by itself, a kill of this process does not; its servers end with it.
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

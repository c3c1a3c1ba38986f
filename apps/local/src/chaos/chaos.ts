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
export async function chaos({ args, env, terminal, signal }: CommandContext): Promise<boolean> {
  await prepareServers(env, terminal.say);
  const main = join(workspace, 'apps/e2e/src/main.ts');
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

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CommandContext } from '../run-command.ts';
import { dataHome, workspace } from '../workspace.ts';
import { findRunningGateway } from './find-running.ts';

const folder = join(workspace, 'apps/monitor');

/** `npm run monitor`: the terminal monitor, of the system that runs here unless `--url` names another. True when it ended in order. */
export async function monitor({ args, env, terminal, signal, hurry }: CommandContext): Promise<boolean> {
  const where = await addressArgs(args);
  if (where === null) {
    terminal.say('nothing runs here: npm start, or say where: npm run monitor -- --url http://127.0.0.1:8080');
    return false;
  }
  const child = spawn(
    process.execPath,
    [
      ...['--disable-warning=ExperimentalWarning', '--import', join(folder, 'load-tsx.mjs')],
      ...[join(folder, 'src/main.tsx'), ...where, ...args],
    ],
    // The channel carries nothing: it breaks when this process is gone, and the monitor leaves the terminal in order.
    { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env },
  );
  const stop = (): void => void child.kill('SIGTERM');
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  hurry.addEventListener('abort', kill, { once: true });
  const [code, killedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  signal.removeEventListener('abort', stop);
  hurry.removeEventListener('abort', kill);
  // Killed, it could not do it itself.
  if (killedBy !== null && process.stdin.isTTY && process.stdout.isTTY) await restoreTerminal();
  return code === 0 || signal.aborted;
}

async function addressArgs(args: readonly string[]): Promise<readonly string[] | null> {
  if (args.some((arg) => arg === '--url' || arg.startsWith('--url=') || arg === '--help')) return [];
  const url = await findRunningGateway(dataHome, answers);
  return url === null ? null : ['--url', url];
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  );

/** The terminal's own screen, a cursor, plain pastes, and lines and echo again. */
async function restoreTerminal(): Promise<void> {
  process.stdout.write('\u001b[?1049l\u001b[?25h\u001b[?2004l\u001b[0m');
  const stty = spawn('stty', ['sane'], { stdio: ['inherit', 'ignore', 'ignore'] });
  // Without stty there is nothing more that could be done.
  stty.on('error', () => undefined);
  await once(stty, 'close').catch(() => undefined);
}

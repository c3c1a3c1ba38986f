import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * Resolves once a process that was sent SIGSTOP runs no more: the signal is on its way while other threads of the
 * process still answer. Rejects after a second of looking.
 */
export async function untilStopped(pid: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const states = await threadStates(pid);
    if (states.every((state) => state.startsWith('T'))) return;
    await delay(5);
  }
  throw new Error(`process ${pid} did not stop`);
}

/** One letter and more for every thread, `T` for a stopped one: from `/proc` where it exists, else from `ps`. */
async function threadStates(pid: number): Promise<readonly string[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => null);
  if (threads === null) return (await ask(pid)).split('\n').map((line) => line.trim());
  // The name before the state is in parentheses and may hold anything.
  const stats = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
  return stats.map((stat) => stat.slice(stat.lastIndexOf(')') + 2));
}

const ask = async (pid: number): Promise<string> =>
  (await promisify(execFile)('ps', ['-o', 'state=', '-p', String(pid)])).stdout.trim();

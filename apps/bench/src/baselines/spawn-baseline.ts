import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const announcement = z.object({ port: z.int().positive() });

/** A baseline that serves HTTP in a process of its own. */
export interface ServingBaseline extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** Starts `baselines/<name>.ts` on the Node that runs us; resolves when it says where it listens. */
export async function spawnBaseline(name: string): Promise<ServingBaseline> {
  const child = fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = (await Promise.race([once(child, 'message'), failure(child)])) as [unknown];
  const { port } = announcement.parse(message);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`a baseline ended before it listened (exit ${code ?? 'by a signal'})`);
}

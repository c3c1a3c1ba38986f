// A server whose end is part of the test. States: up → down (kill, stop) → up (restart); up ⇄ paused (pause, resume).
import { rm } from 'node:fs/promises';
import type { ServerProcess } from '@batch-gpt/local-servers';
import { untilStopped } from './until-stopped.ts';

/** A real server that a test may crash, stop, freeze and bring back on the same port. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: () => number;
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** Starts again on the same port, after an orderly end if it is up; `empty` forgets all data. */
  readonly restart: (options?: { readonly empty?: boolean }) => Promise<void>;
  /** Freezes it: connections stay open and get no answer; resolves when nothing of it runs any more. */
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
}

/** How to start it, the first time on any port, then always on that one. */
export interface Crashable {
  readonly dataDir: string;
  readonly start: (port?: number) => Promise<{ url: string; port: number; process: ServerProcess }>;
}

/** Starts the server; its data folder is removed with it. */
export async function startCrashable({ dataDir, start }: Crashable): Promise<TestServer> {
  const { url, port, process } = await start();
  let current = process;

  const kill = async (): Promise<void> => {
    current.kill('SIGKILL');
    await current.exited;
  };
  const restart = async ({ empty = false } = {}): Promise<void> => {
    await current.stop();
    if (empty) await rm(dataDir, { recursive: true, force: true });
    current = (await start(port)).process;
  };
  return {
    url,
    port,
    pid: () => current.pid,
    kill,
    restart,
    pause: async () => {
      current.kill('SIGSTOP');
      await untilStopped(current.pid);
    },
    resume: () => current.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

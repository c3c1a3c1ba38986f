// States of a server process: starting → ready → stopping → exited; from each of them it may exit by itself.
// A start that is not ready in time, is aborted or exits early ends the process and fails with its last lines.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@batch-gpt/errors';
import { endWithParent } from './end-with-parent.ts';
import { createLineRing } from './line-ring.ts';

const POLL_MS = 20;
const LINES_IN_ERROR = 20;
const PIPES_AFTER_EXIT_MS = 500;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process that is up. Disposing it is {@link ServerProcess.stop}. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** The last lines of its output. */
  readonly lines: () => readonly string[];
  readonly kill: (signal: NodeJS.Signals) => void;
  /** SIGTERM, then SIGKILL when it has not ended in time; may be called again. */
  readonly stop: () => Promise<Exit>;
}

/** What to run and when it counts as up. */
export interface ServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; ours when not given. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Asked again and again until it says true; it must not throw while the server is merely not there yet. */
  readonly ready: (lines: () => readonly string[]) => boolean | Promise<boolean>;
  readonly readyTimeoutMs?: number;
  readonly stopTimeoutMs?: number;
  readonly keepLines?: number;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Starts a server and resolves once it is ready. The process does not outlive ours. */
export async function spawnServer(server: ServerCommand): Promise<ServerProcess> {
  server.signal?.throwIfAborted();
  const child = spawn(server.command, server.args, {
    env: server.env ?? process.env,
    cwd: server.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own session: Ctrl-C reaches only us, and we stop servers in order.
    detached: true,
  });
  const ring = createLineRing(server.keepLines ?? 200, server.onLine);
  child.stdout.on('data', ring.splitter());
  child.stderr.on('data', ring.splitter());
  const exited = exitOf(child);
  const pid = await pidOf(child, server);
  void exited.then(endWithParent(pid));

  const stop = async (): Promise<Exit> => {
    // A stopped (paused) process takes SIGTERM only after it was continued.
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    if (!(await within(exited, server.stopTimeoutMs ?? 10_000))) child.kill('SIGKILL');
    return exited;
  };
  try {
    await untilReady(server, ring.lines, exited);
  } catch (cause) {
    await stop();
    const output = ring.lines().slice(-LINES_IN_ERROR).join('\n');
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError(
      'internal_error',
      `${server.name} did not start: ${reason}${output === '' ? '' : `\n${output}`}`,
      { cause },
    );
  }
  return {
    pid,
    exited,
    lines: ring.lines,
    kill: (signal) => child.kill(signal),
    stop,
    [Symbol.asyncDispose]: stopOnly(stop),
  };
}

async function untilReady(server: ServerCommand, lines: () => readonly string[], exited: Promise<Exit>): Promise<void> {
  const ended = new AbortController();
  void exited.then((exit) => ended.abort(new Error(`it ended with ${describeExit(exit)}`)));
  const timeoutMs = server.readyTimeoutMs ?? 20_000;
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([ended.signal, ...(server.signal ? [server.signal] : [])]);
  while (!(await server.ready(lines))) {
    signal.throwIfAborted();
    if (limit.aborted) throw new Error(`it was not ready within ${timeoutMs / 1000} s`);
    await delay(POLL_MS);
  }
  signal.throwIfAborted();
}

async function pidOf(child: ChildProcess, { name, command }: ServerCommand): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  const [cause] = (await once(child, 'error')) as [Error];
  throw new AppError('internal_error', `${name} did not start: cannot run ${command}`, { cause });
}

/** Waits for the output to be read too, but not for a grandchild that keeps the pipes open. */
async function exitOf(child: ChildProcess): Promise<Exit> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exit = await new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await within(closed, PIPES_AFTER_EXIT_MS);
  return exit;
}

async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise.then(() => true), delay(ms, false, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

const stopOnly = (stop: () => Promise<Exit>) => async (): Promise<void> => {
  await stop();
};

/** One short text for how a process ended. */
export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { workspace } from '../workspace.ts';
import { countTestStep, readCounts, type Counts } from './counts.ts';
import type { Step } from './steps.ts';

const KILL_AFTER_MS = 5000;

/** What running steps needs. */
export interface StepContext {
  /** Folder of the counts. */
  readonly reports: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Runs a step with its output streamed to ours and counts what came of it. */
export async function runStep(step: Step, context: StepContext): Promise<Counts> {
  const exitedWell = await run(step, context);
  if (step.reports === null) return { passed: exitedWell ? 1 : 0, failed: exitedWell ? 0 : 1, skipped: 0 };
  return countTestStep(await readCounts(context.reports, step.reports), exitedWell);
}

async function run({ command: [command, ...args], limitMs }: Step, context: StepContext): Promise<boolean> {
  const { env, signal, say } = context;
  // A process group of its own: a test that hangs is a grandchild, and must be ended with the step.
  const child = spawn(command, args, { cwd: workspace, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const exited = new Promise<boolean>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });
  const limit = setTimeout(() => {
    say(`not done within ${limitMs / 60_000} minutes, ended`);
    endGroup(child);
  }, limitMs);
  const onAbort = (): void => endGroup(child);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await exited;
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', onAbort);
  }
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), KILL_AFTER_MS).unref();
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // Gone already is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

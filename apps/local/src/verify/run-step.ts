import { spawn } from 'node:child_process';
import { workspace } from '../workspace.ts';
import { countTestStep, readCounts, type Counts } from './counts.ts';
import type { Step } from './steps.ts';

/** What running steps needs. */
export interface StepContext {
  /** Folder of the counts. */
  readonly reports: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Runs a step with its output streamed to ours and counts what came of it. */
export async function runStep({ command, reports: kind }: Step, context: StepContext): Promise<Counts> {
  const exitedWell = await run(command, context);
  if (kind === null) return { passed: exitedWell ? 1 : 0, failed: exitedWell ? 0 : 1, skipped: 0 };
  return countTestStep(await readCounts(context.reports, kind), exitedWell);
}

function run([command, ...args]: Step['command'], { env, signal }: StepContext): Promise<boolean> {
  const child = spawn(command, args, { cwd: workspace, env, stdio: ['ignore', 'inherit', 'inherit'], signal });
  return new Promise((resolve, reject) => {
    child.on('error', (error) => (signal.aborted ? resolve(false) : reject(error)));
    child.on('exit', (code) => resolve(code === 0));
  });
}

// A key in the shell must not be spent by a test; what a test needs it sets itself.
const KEPT_BACK = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'REDIS_URL', 'SQLITE_PATH'];

/** The environment of every step: no daemon left behind, no cloud, no full-screen output, no provider key. */
export function stepEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !KEPT_BACK.includes(name));
  return {
    ...Object.fromEntries(kept),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_NO_CLOUD: 'true',
    DO_NOT_TRACK: '1',
    // Run by npm start of another tool's shell, these would reach every Node below.
    NODE_OPTIONS: '',
  };
}

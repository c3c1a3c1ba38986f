import { execFile } from 'node:child_process';

/** What a command that ran to its end left behind. */
export interface CommandResult {
  readonly ok: boolean;
  /** Its output, both streams, at most the last 4,000 characters. */
  readonly output: string;
}

/** Settings of one run. */
export interface RunOptions {
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Told every piece of output as it comes, for commands that take minutes. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a command to its end without a shell; a command that fails or is missing is a value, never a throw. */
export function runCommand(command: string, args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const { timeoutMs = 10_000, env, onOutput } = options;
  return new Promise((resolve) => {
    const settings = { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024, ...(env === undefined ? {} : { env }) };
    const child = execFile(command, args, settings, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim().slice(-4000);
      resolve({ ok: error === null, output: error !== null && output === '' ? error.message : output });
    });
    if (onOutput === undefined) return;
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
  });
}

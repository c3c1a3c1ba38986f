import { AppError } from '@batch-gpt/errors';
import { processTerminal, type Terminal } from './terminal.ts';

// npm passes a terminal's Ctrl-C on to a process that the terminal has told already: that is one wish, not two.
const SAME_WISH_MS = 500;

/** What a command gets. */
export interface CommandContext {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Aborts at the second one: no more waiting. */
  readonly hurry: AbortSignal;
}

/** A command of this app; true when all went well. */
export type Command = (context: CommandContext) => Promise<boolean>;

/** Runs the command that the arguments name, and turns its end into the exit code of the process. */
export async function runCommand(commands: Readonly<Record<string, Command>>, host: NodeJS.Process): Promise<void> {
  const [name = '', ...args] = host.argv.slice(2);
  const terminal = processTerminal();
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    terminal.say(`no such command: ${name}; there are ${Object.keys(commands).join(', ')}`);
    host.exitCode = 2;
    return;
  }
  const { signal, hurry, release } = watchSignals(host);
  try {
    const well = await command({ args, env: host.env, terminal, signal, hurry });
    host.exitCode = well ? 0 : 1;
  } catch (error) {
    host.exitCode = 1;
    // What was interrupted fails as a matter of course.
    if (!signal.aborted) terminal.say(terminal.style('red', describe(error)));
  } finally {
    release();
  }
}

function watchSignals(host: NodeJS.Process) {
  const stop = new AbortController();
  const force = new AbortController();
  let askedAt = 0;
  const onSignal = (): void => {
    if (!stop.signal.aborted) {
      askedAt = performance.now();
      stop.abort(new Error('interrupted'));
    } else if (performance.now() - askedAt >= SAME_WISH_MS) {
      force.abort(new Error('interrupted again'));
    }
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) host.on(name, onSignal);
  // bootstrap.mjs, which started us, is gone.
  host.on('disconnect', onSignal);
  host.channel?.unref();
  const release = (): void => {
    for (const name of names) host.off(name, onSignal);
    host.off('disconnect', onSignal);
  };
  return { signal: stop.signal, hurry: force.signal, release };
}

/** A mistake of the user's is said in its own words; for anything else we want to know where it came from. */
function describe(error: unknown): string {
  if (AppError.is(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

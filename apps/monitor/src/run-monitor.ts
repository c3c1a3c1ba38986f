import { AppError } from '@batch-gpt/errors';
import { createStatusClient } from '@batch-gpt/status-client';
import { createSystemFeed, describeTrouble } from './feed/follow-system.ts';
import { readOptions, usage, type Options } from './read-options.ts';
import { realClock } from './real-clock.ts';
import { sayChanges, sayOnce } from './run-plain.tsx';
import { runScreen } from './run-screen.tsx';

const widthOfPaper = 100;

/** The whole program; the exit code. A signal ends it in order. */
export async function runMonitor(host: NodeJS.Process): Promise<number> {
  try {
    const options = readOptions(host.argv.slice(2), host.env);
    if (options.help) {
      host.stdout.write(`${usage}\n`);
      return 0;
    }
    return await untilSignal(host, (stop) => show(host, options, stop));
  } catch (error) {
    host.stderr.write(`${describe(error)}\n`);
    return AppError.is(error) && error.code === 'config_invalid' ? 2 : 1;
  }
}

async function show(host: NodeJS.Process, { url, token, once, json }: Options, stop: AbortController): Promise<void> {
  const { signal } = stop;
  const client = createStatusClient({ baseUrl: url, token });
  const write = (line: string): void => void host.stdout.write(`${line}\n`);
  if (once) {
    await sayOnce(client, { json, columns: host.stdout.isTTY ? host.stdout.columns : widthOfPaper, write, signal });
    return;
  }
  const feed = createSystemFeed(client, realClock);
  if (json || !host.stdout.isTTY || !host.stdin.isTTY) {
    await sayChanges(feed, { json, write, signal });
    return;
  }
  const following = feed.run(signal);
  try {
    await runScreen({ feed, client, url, clock: realClock, host, signal });
  } finally {
    stop.abort();
    await following;
  }
}

/** 128 and the number, as shells have it. */
const exitCodes: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Runs until it ends, or ends it at a signal, when the one who started us is gone, or when nobody reads on. */
async function untilSignal(host: NodeJS.Process, run: (stop: AbortController) => Promise<void>): Promise<number> {
  const stop = new AbortController();
  let code = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    code = exitCodes[name] ?? 1;
    stop.abort();
  };
  const onGone = (): void => stop.abort();
  const names = Object.keys(exitCodes) as NodeJS.Signals[];
  for (const name of names) host.on(name, onSignal);
  host.on('disconnect', onGone);
  host.channel?.unref();
  host.stdout.on('error', onGone);
  try {
    await run(stop);
    return code;
  } catch (error) {
    // What was interrupted fails as a matter of course.
    if (stop.signal.aborted && code !== 0) return code;
    throw error;
  } finally {
    for (const name of names) host.off(name, onSignal);
    host.off('disconnect', onGone);
  }
}

/** What the gateway or the user did wrong is said in a line; for anything else we want to know where it came from. */
function describe(error: unknown): string {
  if (AppError.is(error)) return error.message;
  if (error instanceof Error && error.name !== 'StatusError') return error.stack ?? error.message;
  return describeTrouble(error);
}

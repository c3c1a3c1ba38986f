/*
 * The screen from its beginning to its end, however that comes:
 *
 *   drawn ── q, Ctrl-C ──▶ left          in order
 *     │ └─── signal ─────▶ left          in order: SIGTERM and SIGHUP, and when the process that started us is gone
 *     └───── an error nobody caught ──▶ left, then the error is said where it can be read, and thrown
 *
 * Left: the terminal has its own screen, cursor and modes again.
 */
import { render } from 'ink';
import { type StatusClient } from '@batch-gpt/status-client';
import { App } from './app.tsx';
import { isOver } from './feed/is-over.ts';
import { type MonitorClock, type SystemFeed } from './feed/follow-system.ts';

export interface ScreenOptions {
  readonly feed: SystemFeed;
  readonly client: StatusClient;
  readonly url: string;
  readonly clock: MonitorClock;
  readonly host: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'on' | 'off'>;
  readonly signal: AbortSignal;
}

/** Frames a second at most: over a slow line more would be a queue. */
const maxFps = 15;

/** Shows the system until the operator has seen enough or the signal aborts; rejects with what went wrong. */
export async function runScreen({ feed, client, url, clock, host, signal }: ScreenOptions): Promise<void> {
  const { stdin, stdout, stderr } = host;
  const screen = render(<App feed={feed} client={client} url={url} clock={clock} />, {
    ...{ stdin, stdout, stderr, maxFps },
    ...{ alternateScreen: true, interactive: true, incrementalRendering: true, exitOnCtrlC: false },
  });
  const failures: unknown[] = [];
  const leave = (): void => screen.unmount();
  const fail = (error: unknown): void => {
    failures.push(error);
    leave();
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  host.on('uncaughtException', fail);
  host.on('unhandledRejection', fail);
  try {
    await screen.waitUntilExit();
  } finally {
    signal.removeEventListener('abort', leave);
    host.off('uncaughtException', fail);
    host.off('unhandledRejection', fail);
  }
  // Once it is told to go the terminal may be somebody else's already, and refuse.
  if (failures.length > 0 && !isOver(signal)) throw failures[0];
}

import { runCommand } from '@batch-gpt/local-servers';
import { eventually } from '@batch-gpt/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real terminal with a shell in it, played by tmux. Disposing ends what runs there. */
export interface Terminal extends AsyncDisposable {
  /** Types text as it is. */
  readonly type: (text: string) => Promise<void>;
  /** Presses keys by tmux's names: `Enter`, `Escape`, `Tab`, `Down`. */
  readonly press: (...keys: string[]) => Promise<void>;
  /** What the screen shows, a line each; with `styles` also the sequences for colours. */
  readonly screen: (styles?: boolean) => Promise<string>;
  /** Waits until the screen shows this, and returns it. */
  readonly shows: (what: RegExp) => Promise<string>;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** Whether a program took over the screen, or hid the cursor. */
  readonly isTaken: () => Promise<boolean>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** The version of tmux on this machine, null without one. */
export async function tmuxVersion(): Promise<string | null> {
  const { ok, output } = await runCommand('tmux', ['-V']);
  return ok ? output : null;
}

/** Opens one of 80 columns and 24 lines. */
export async function startTerminal(env: NodeJS.ProcessEnv, cwd: string): Promise<Terminal> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'batch-gpt-tmux-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const tmux = async (...args: string[]): Promise<string> => {
    const { ok, output } = await runCommand('tmux', ['-u', '-S', join(folder, 'socket'), '-f', '/dev/null', ...args], {
      env: { ...env, LC_ALL: 'C.UTF-8', PS1: '$ ' },
    });
    if (!ok) throw new Error(`tmux ${args[0] ?? ''} failed: ${output}`);
    return output;
  };
  await tmux('new-session', '-d', '-s', 'main', '-x', '80', '-y', '24', '-c', cwd, 'sh');
  starting.defer(async () => {
    await tmux('kill-server');
  });
  await tmux('set-option', '-g', 'window-size', 'manual');

  const screen = (styles = false): Promise<string> =>
    tmux('capture-pane', '-p', '-t', 'main', ...(styles ? ['-e'] : []));
  const ending = starting.move();
  return {
    screen,
    type: async (text) => {
      await tmux('send-keys', '-t', 'main', '-l', text);
    },
    press: async (...keys) => {
      await tmux('send-keys', '-t', 'main', ...keys);
    },
    shows: (what) =>
      eventually(async () => {
        const text = await screen();
        if (what.test(text)) return text;
        throw new Error(`${String(what)} is not on the screen:\n${text}`);
      }),
    resize: async (columns, rows) => {
      await tmux('resize-window', '-t', 'main', '-x', String(columns), '-y', String(rows));
    },
    isTaken: async () => (await tmux('display-message', '-p', '-t', 'main', '#{alternate_on}#{cursor_flag}')) !== '01',
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

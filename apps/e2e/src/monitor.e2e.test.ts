import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { operatorSnapshot } from '@batch-gpt/contracts';
import { eventually } from '@batch-gpt/testing';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask, chatCall } from './calls.ts';
import { startStack, type Stack } from './start-stack.ts';
import { startTerminal, tmuxVersion, type Terminal } from './start-terminal.ts';

const workspace = join(import.meta.dirname, '../../..');
const token = 'token-of-the-operators';
const version = await tmuxVersion();
if (version === null) process.emitWarning('the tests of the terminal monitor are skipped: no tmux on the path');
const suite = version === null ? describe.skip : describe;

/** A sequence that begins a colour or a style. */
const colour = /\u001b\[[1-9][\d;]*m/;

/** Tells the test who the monitor is, and lets it make an error that nobody catches. */
const preload = (pidFile: string): string => `
import { writeFileSync } from 'node:fs';
if (process.argv[1]?.endsWith('main.tsx')) {
  writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
  process.on('SIGUSR2', () => { throw new Error('an error that nobody caught'); });
}
`;

suite('the terminal monitor', () => {
  let stack: Stack;
  let folder = '';
  let terminal: Terminal;
  let command = '';

  beforeAll(async () => {
    stack = await startStack({ env: { ADMIN_TOKEN: token } });
    folder = await mkdtemp(join(tmpdir(), 'batch-gpt-monitor-'));
    await writeFile(join(folder, 'preload.mjs'), preload(join(folder, 'pid')));
    await writeFile(join(folder, 'token'), token);
    command = `node apps/local/bootstrap.mjs monitor --url ${stack.services('gateway')[0]?.url ?? ''}`;
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    const { ADMIN_TOKEN: _token, CI: _ci, NO_COLOR: _none, FORCE_COLOR: _forced, ...env } = process.env;
    const NODE_OPTIONS = `--import=${join(folder, 'preload.mjs')}`;
    terminal = await startTerminal({ ...env, NODE_OPTIONS, ADMIN_TOKEN_FILE: join(folder, 'token') }, workspace);
  });
  afterEach(() => terminal[Symbol.asyncDispose]());

  const start = async (before = ''): Promise<void> => {
    await terminal.type(`${before}${command}`);
    await terminal.press('Enter');
    await terminal.shows(/ live \d\d:\d\d:\d\d UTC/);
    expect(await terminal.isTaken()).toBe(true);
  };
  /** The shell answers, sees what is typed, and has its lines back. */
  const expectShell = async (): Promise<void> => {
    await terminal.shows(/[#$] *\n*$/);
    await eventually(async () => !(await terminal.isTaken()));
    await terminal.type(`stty -a | tr ' ;' '\\n\\n' | grep -cx -e icanon -e echo | sed s/^/modes-/`);
    await terminal.press('Enter');
    await terminal.shows(/sed s\/\^\/modes-\/\s*\n*modes-2/);
  };
  const monitorPid = async (): Promise<number> => Number(await readFile(join(folder, 'pid'), 'utf8'));

  it('shows a batch with its details, cancels it, and lives through a new size and a restart of the gateway', async () => {
    await stack.witness.control({ hold: true });
    const client = stack.client(0, { maxRetries: 0 });
    const waiting = ask(client, chatCall('watched')).catch((error: unknown) => error);
    const batch = await eventually(async () => {
      const page = await client.batches.list();
      return page.data.find(({ status }) => status === 'in_progress') ?? false;
    });
    await start();
    await terminal.shows(/1 Overview 2 Active\(1\) 3 Completed 4 Failed 5 Expired 6 Requests 7 Workers/);
    await terminal.shows(/in_progress 1/);
    expect(await terminal.screen(true)).toMatch(colour);

    await terminal.press('7');
    await terminal.shows(/alive +batcher[^]*alive +gateway[^]*alive +results/);
    await terminal.press('6');
    await terminal.shows(/› [0-9a-f]{8} collected .*in_progress/);
    await terminal.press('Enter');
    await terminal.shows(/why +The provider works on its batch[^]*TIMELINE/);
    await terminal.press('Escape');
    await terminal.shows(/› [0-9a-f]{8} collected/);
    await terminal.press('2');
    await terminal.shows(new RegExp(`› in_progress ${batch.id.slice(6, 14)}`));
    await terminal.press('Enter');
    await terminal.shows(new RegExp(`${batch.id}  in_progress[^]*TIMELINE[^]*provider\\.created`));

    await terminal.resize(60, 16);
    const narrow = await terminal.shows(/^batch-gpt .* live [^\n]+\n(?:[^\n]*\n){14}Esc back/);
    expect(narrow).toContain(batch.id);
    await terminal.resize(110, 30);
    await terminal.shows(/^batch-gpt .* live [^\n]+\n(?:[^\n]*\n){28}Esc back/);

    await terminal.press('c');
    await terminal.shows(/Cancel batch [0-9a-f]{8} \(gpt-6-luna, 1 lines\)\?/);
    await terminal.press('y');
    await terminal.shows(/Asked to cancel batch/);
    await stack.witness.control({ hold: false });
    await terminal.shows(new RegExp(`${batch.id}  cancelled`));
    expect(await waiting).toMatchObject({ code: 'batch_cancelled' });
    await terminal.press('4');
    await terminal.shows(new RegExp(`› cancelled   ${batch.id.slice(6, 14)}`));

    await stack.services('gateway')[0]?.kill('SIGKILL');
    await terminal.shows(
      /away since \d\d:\d\d:\d\d UTC[^]*Shown is what was last known: The gateway cannot be reached/,
    );
    await stack.restart('gateway', 0);
    await terminal.shows(/ live \d\d:\d\d:\d\d UTC/);

    await terminal.press('q');
    await expectShell();
  });

  it.each<[string, NodeJS.Signals, RegExp | null]>([
    ['ended by SIGTERM', 'SIGTERM', null],
    ['when its line is cut (SIGHUP)', 'SIGHUP', null],
    ['by an error that nobody caught', 'SIGUSR2', /an error that nobody caught/],
    ['killed', 'SIGKILL', null],
  ])('gives the terminal back: %s', async (_how, signal, says) => {
    await start('NO_COLOR=1 ');
    expect(await terminal.screen(true)).not.toMatch(colour);
    process.kill(await monitorPid(), signal);
    await expectShell();
    if (says !== null) expect(await terminal.screen()).toMatch(says);
  });

  it('answers a pipe with JSON, and refuses without the token', async () => {
    const [node = '', ...words] = command.split(' ');
    const run = (env: NodeJS.ProcessEnv, ...args: string[]) =>
      promisify(execFile)(node, [...words, ...args], { cwd: workspace, env: { ...process.env, ...env } });
    const { stdout } = await run({ ADMIN_TOKEN: token }, '--once', '--json');
    expect(operatorSnapshot.parse(JSON.parse(stdout)).object).toBe('batch_gpt.snapshot');
    const refused = run({ ADMIN_TOKEN: 'not-the-token-of-operators' }, '--once');
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ADMIN_TOKEN') as unknown as string,
    });
  });
});

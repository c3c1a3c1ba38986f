import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { type LedgerTotals } from './ledger-totals.ts';
import { chatLine } from './testing/chat-line.ts';
import { reach, rowsOf, submit } from './testing/client-of.ts';

let temporary = '';
let child: ChildProcess | null = null;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'service-'));
});
afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(temporary, { recursive: true });
});

function start(env: Record<string, string>): { url: Promise<string>; ended: Promise<unknown[]> } {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], PORT: '0', TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as { msg: string; url?: string };
      if (entry.msg === 'listening') resolve(entry.url ?? '');
    });
  }
  return { url: promise, ended: once(child, 'exit') };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it with open batches and connections, its own directory is gone',
  async (signal) => {
    const { url, ended } = start({ SIMULATOR_HOLD: 'on', SIMULATOR_VALIDATING_MS: '1' });
    const client = new OpenAI({ apiKey: 'k', baseURL: `${await url}/v1`, maxRetries: 0 });
    await reach(client, (await submit(client, [chatLine('a', 'x')])).id, 'in_progress');
    expect(await readdir(temporary)).toHaveLength(1);
    child?.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(await readdir(temporary)).toEqual([]);
  },
);

test('a directory that was given stays', async () => {
  const dir = join(temporary, 'given');
  const { url, ended } = start({ SIMULATOR_DATA_DIR: dir });
  await url;
  child?.kill('SIGTERM');
  await ended;
  await expect(access(dir)).resolves.toBeUndefined();
});

test('killed again and again in full flight it loses no line that was seen, and runs none twice', async () => {
  const count = 20_000;
  const env = { SIMULATOR_DATA_DIR: join(temporary, 'given'), SIMULATOR_IN_PROGRESS_MS: '1500' };
  let { url, ended } = start(env);
  const totals = async (): Promise<LedgerTotals> =>
    (await (await fetch(`${await url}/simulator/ledger/totals`)).json()) as LedgerTotals;
  const connect = async (): Promise<OpenAI> => new OpenAI({ apiKey: 'k', baseURL: `${await url}/v1`, maxRetries: 0 });
  const lines = Array.from({ length: count }, (_, index) => chatLine(`id-${index}`, `word ${index}`));
  const { id } = await submit(await connect(), lines);

  for (const part of [0.1, 0.3, 0.6]) {
    let seen = await totals();
    while (seen.lines_run < count * part) seen = await totals();
    child?.kill('SIGKILL');
    await ended;
    ({ url, ended } = start(env));
    const after = await totals();
    expect(after.lines_billed).toBeGreaterThanOrEqual(seen.lines_billed);
    expect(after.lines_received).toBe(count);
  }

  const client = await connect();
  const done = await reach(client, id, 'completed');
  const rows = await rowsOf(client, done.output_file_id);
  expect(rows).toHaveLength(count);
  expect(new Set(rows.map((row) => row.custom_id)).size).toBe(count);
  expect(await totals()).toMatchObject({
    ...{ lines_run: count, lines_billed: count, distinct_custom_ids: count, repeated_custom_ids: 0 },
    delivered_custom_ids: count,
  });
  expect(done.request_counts).toEqual({ total: count, completed: count, failed: 0 });
});

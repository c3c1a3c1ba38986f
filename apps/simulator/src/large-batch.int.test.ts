import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { chatLine } from './testing/chat-line.ts';
import { reach } from './testing/client-of.ts';

const lines = 50_000;
const linePadding = 'x'.repeat(3_600);
/** What is live must fit into this heap; without a limit the collector lets garbage pile up before it works. */
const heapLimit = '--max-old-space-size=96';
/** A process that kept one of the two files would need more. */
const bound = 300 * 1024 * 1024;
const boundary = 'simulator-test-boundary';
let child: ChildProcess | null = null;
let dataDir = '';

afterEach(async () => {
  await stopSimulator();
  await rm(dataDir, { recursive: true });
});

test('50,000 lines in 190 MB pass through a process that stays below 300 MB and remembers them', async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'large-batch-'));
  const url = await startSimulator();
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: `${url}/v1`, maxRetries: 0 });
  const uploaded = await fetch(`${url}/v1/files`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-test', 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: ReadableStream.from(form()),
    duplex: 'half',
  });
  const file = (await uploaded.json()) as OpenAI.FileObject;
  expect(file.bytes).toBeGreaterThan(185_000_000);

  const order = { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
  const batch = await reach(client, (await client.batches.create(order)).id, 'completed');
  expect(batch.request_counts).toEqual({ total: lines, completed: lines, failed: 0 });

  const content = await client.files.content(batch.output_file_id ?? '');
  let newlines = 0;
  if (content.body === null) throw new Error('no body');
  for await (const chunk of content.body as AsyncIterable<Uint8Array>) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) newlines += 1;
  }
  expect(newlines).toBe(lines);
  expect(await peakMemory()).toBeLessThan(bound);

  await stopSimulator();
  const again = await startSimulator();
  const totals: unknown = await (await fetch(`${again}/simulator/ledger/totals`)).json();
  expect(totals).toMatchObject({ lines_billed: lines, delivered_custom_ids: lines, repeated_custom_ids: 0 });
  expect(await peakMemory()).toBeLessThan(bound);
});

async function stopSimulator(): Promise<void> {
  if (child?.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Starts the simulator as its users do; resolves with its URL. */
async function startSimulator(): Promise<string> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const quick = { SIMULATOR_IN_PROGRESS_MS: '0', SIMULATOR_FINALIZING_MS: '0' };
  const env = { PATH: process.env['PATH'], PORT: '0', SIMULATOR_DATA_DIR: dataDir, ...quick };
  child = spawn(process.execPath, [heapLimit, main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no stdout');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('exit', () => reject(new Error('the simulator ended before it listened')));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const entry = JSON.parse(line) as { msg: string; url?: string };
    if (entry.msg === 'listening' && entry.url !== undefined) resolve(entry.url);
  });
  return promise;
}

/** The multipart form of an upload, a thousand lines at a time. */
function* form(): Generator<Uint8Array> {
  const part = (head: string): string => `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n`;
  yield Buffer.from(`${part('name="purpose"')}batch\r\n${part('name="file"; filename="big.jsonl"')}`);
  for (let from = 0; from < lines; from += 1000) {
    const some = Array.from({ length: 1000 }, (_, at) =>
      JSON.stringify(chatLine(`${from + at}`.padStart(64, '0'), linePadding)),
    );
    yield Buffer.from(`${some.join('\n')}\n`);
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

/** The child's largest resident size so far, in bytes (Linux). */
async function peakMemory(): Promise<number> {
  const status = await readFile(`/proc/${child?.pid ?? 0}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { BatchProvider } from '@batch-gpt/domain';
import { silentLogger } from '@batch-gpt/logging';
import { createOpenAiBatchProvider, type OpenAiBatchOptions } from './create-openai-batch-provider.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const apiKey = 'sk-test-0123456789';
const never = new AbortController().signal;
const seconds = 1_700_000_000;
const batch = { id: 'batch_1', object: 'batch', status: 'validating', endpoint: '/v1/embeddings', created_at: seconds };
const file = { id: 'file-1', object: 'file', bytes: 6, created_at: seconds, filename: 'a.jsonl', purpose: 'batch' };
const create = { inputFileId: 'file-1', endpoint: '/v1/embeddings', metadata: { batch: 'b' } } as const;

let server: Server;
let handler: Handler;
let seen: string[];
let provider: BatchProvider & AsyncDisposable;
let folder: string;

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const apiError = (code: string | null, message = 'no') => ({ error: { message, type: 'x', param: null, code } });
const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
const connect = (options: Partial<OpenAiBatchOptions> = {}) =>
  createOpenAiBatchProvider({ apiKey, baseUrl: address(), logger: silentLogger, ...options });

beforeEach(async () => {
  seen = [];
  folder = await mkdtemp(join(tmpdir(), 'openai-batch-'));
  server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    handler(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  provider = connect();
});

afterEach(async () => {
  await provider[Symbol.asyncDispose]();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function inputFile(text: string) {
  const path = join(folder, 'input.jsonl');
  await writeFile(path, text);
  return { path, filename: 'batch_abc.jsonl', bytes: Buffer.byteLength(text) };
}

async function largeFile(bytes: number) {
  const path = join(folder, 'large.jsonl');
  const handle = await open(path, 'w');
  await handle.truncate(bytes);
  await handle.close();
  return { path, filename: 'large.jsonl', bytes };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

describe('upload', () => {
  it('sends one form with purpose, name and exact bytes, framed by its length', async () => {
    let sent: { headers: IncomingMessage['headers']; body: string } | null = null;
    handler = (request, response) =>
      void bodyOf(request).then((body) => {
        sent = { headers: request.headers, body };
        json(response, 200, file);
      });

    const answer = await provider.uploadInputFile(await inputFile('{"a":1}\n{"b":"\u2028é"}\n'), never);

    expect(answer).toMatchObject({ kind: 'done', value: { id: 'file-1', bytes: 6 } });
    expect(sent).toMatchObject({
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': expect.stringContaining('multipart/form-data; boundary='),
      },
      body: expect.stringContaining('\r\n\r\n{"a":1}\n{"b":"\u2028é"}\n\r\n--'),
    });
    const { headers, body } = sent as unknown as { headers: Record<string, string>; body: string };
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body));
    const boundary = /boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1] ?? 'none';
    expect(body.split(`--${boundary}`)).toEqual([
      '',
      '\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n',
      expect.stringMatching(/^\r\ncontent-disposition: form-data; name="file"; filename="batch_abc.jsonl"\r\n/),
      '--\r\n',
    ]);
  });

  it('keeps its memory flat while 300 MB go to a slow reader', async () => {
    const bytes = 300_000_000;
    let received = 0;
    let held = 0;
    const before = process.memoryUsage().arrayBuffers;
    handler = (request, response) =>
      void (async () => {
        for await (const chunk of request as AsyncIterable<Buffer>) {
          received += chunk.length;
          held = Math.max(held, process.memoryUsage().arrayBuffers - before);
          await new Promise((resolve) => setImmediate(resolve));
        }
        json(response, 200, file);
      })();

    expect((await provider.uploadInputFile(await largeFile(bytes), never)).kind).toBe('done');
    expect(received).toBeGreaterThan(bytes);
    // Chunks that wait for the garbage collector count too; a buffered file would be 300 MB.
    expect(held).toBeLessThan(120_000_000);
  });

  it.each([
    [401, 'invalid_api_key', 'parked'],
    [413, null, 'refused'],
    [429, 'rate_limit_exceeded', 'wait'],
  ])('takes an early %i, sent before the body was read, as %s → %s', async (status, code, kind) => {
    handler = (_request, response) => json(response, status, apiError(code), { connection: 'close' });
    expect((await provider.uploadInputFile(await largeFile(50_000_000), never)).kind).toBe(kind);
  });

  it('stops sending when the answer comes in the middle of the body', async () => {
    let received = 0;
    handler = (request, response) =>
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (!response.headersSent) json(response, 413, apiError(null, 'File is too large.'));
      });
    const answer = await provider.uploadInputFile(await largeFile(100_000_000), never);
    expect(answer).toMatchObject({ kind: 'refused', cause: { status: 413, message: 'File is too large.' } });
    expect(received).toBeLessThan(50_000_000);
  });

  it('sends a large body to a server that never says continue', async () => {
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      void bodyOf(request).then(() => json(response, 200, file));
    });
    expect((await provider.uploadInputFile(await largeFile(2_000_000), never)).kind).toBe('done');
  });

  // field 11
  it.each<[string, Handler]>([
    ['a lost answer', (request, response) => void bodyOf(request).then(() => response.destroy())],
    ['a reset in the middle of the body', (request) => void once(request, 'data').then(() => request.destroy())],
    ['a 500', (_request, response) => json(response, 500, apiError(null))],
    ['HTML under 502', (_request, response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>')],
    ['half an answer', (_request, response) => response.writeHead(200, { 'content-length': 99 }).end('{"id":')],
    ['another thing than a file', (_request, response) => json(response, 200, { id: 7 })],
    ['a redirect', (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end()],
  ])('is in doubt after %s, and is not repeated', async (_name, script) => {
    handler = script;
    const answer = await provider.uploadInputFile(await largeFile(5_000_000), never);
    expect(answer.kind).toBe('doubtful');
    expect(seen).toEqual(['POST /v1/files']);
  });

  it('gives up on a server that stops reading', async () => {
    handler = () => undefined;
    await using impatient = connect({ timeouts: { uploadIdle: 50 } });
    const answer = await impatient.uploadInputFile(await largeFile(50_000_000), never);
    expect(answer).toMatchObject({ kind: 'doubtful', error: { message: 'the upload made no progress' } });
  });

  it('ends with its signal and with its provider', async () => {
    const stop = new AbortController();
    handler = () => stop.abort();
    expect((await provider.uploadInputFile(await inputFile('{}\n'), stop.signal)).kind).toBe('doubtful');
    handler = () => void provider[Symbol.asyncDispose]();
    expect((await provider.uploadInputFile(await inputFile('{}\n'), never)).kind).toBe('doubtful');
  });

  it('throws when our own file is not what was promised: nothing was sent', async () => {
    const good = await inputFile('{}\n');
    await expect(provider.uploadInputFile({ ...good, bytes: 5 }, never)).rejects.toMatchObject({
      code: 'internal_error',
    });
    await expect(provider.uploadInputFile({ ...good, path: '/nowhere' }, never)).rejects.toMatchObject({
      code: 'internal_error',
    });
    expect(seen).toEqual([]);
  });
});

describe('create', () => {
  it('posts once and reads the batch', async () => {
    let body = '';
    handler = (request, response) =>
      void bodyOf(request).then((text) => {
        body = text;
        json(response, 200, { ...batch, metadata: { batch: 'b' }, error_file_id: '' });
      });
    expect(await provider.createBatch(create, never)).toMatchObject({
      kind: 'done',
      value: { id: 'batch_1', error_file_id: null, metadata: { batch: 'b' } },
    });
    expect(JSON.parse(body)).toEqual({
      input_file_id: 'file-1',
      endpoint: '/v1/embeddings',
      completion_window: '24h',
      metadata: { batch: 'b' },
    });
  });

  it.each<[string, Handler]>([
    ['a reset', (request) => request.destroy()],
    ['a 500 that asks for a retry', (_q, r) => json(r, 500, apiError(null), { 'x-should-retry': 'true' })],
    ['HTML under 200', (_q, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['an empty 200', (_q, r) => r.writeHead(200, { 'content-type': 'application/json' }).end()],
    ['half a JSON', (_q, r) => r.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"ba')],
    ['a redirect', (_q, r) => r.writeHead(308, { location: '/v1/elsewhere' }).end()],
    ['silence', () => undefined],
  ])('is in doubt after %s, and is never repeated', async (_name, script) => {
    handler = script;
    await using impatient = connect({ timeouts: { create: 200 } });
    expect((await impatient.createBatch(create, never)).kind).toBe('doubtful');
    expect(seen).toEqual(['POST /v1/batches']);
  });

  it('does not repeat after 409 or 429 either', async () => {
    handler = (_request, response) => json(response, 429, apiError('slow_down'), { 'retry-after-ms': '10' });
    expect(await provider.createBatch(create, never)).toMatchObject({ kind: 'wait', retryAfter: 10 });
    handler = (_request, response) => json(response, 409, apiError(null));
    expect((await provider.createBatch(create, never)).kind).toBe('doubtful');
    expect(seen).toHaveLength(2);
  });

  it('never tells the key', async () => {
    handler = (_request, response) => json(response, 401, apiError(null, `Incorrect API key provided: ${apiKey}`));
    expect(JSON.stringify(await provider.createBatch(create, never))).not.toContain(apiKey);
  });
});

describe('reading calls', () => {
  it('tell a missing object from a provider that is away', async () => {
    handler = (_request, response) => json(response, 404, apiError(null));
    expect(await provider.getBatch('batch_x', never)).toBeNull();
    expect(await provider.getFile('file-x', never)).toBeNull();
    expect(await provider.openFile('file-x', never)).toBeNull();
    expect(await provider.cancelBatch('batch_x', never)).toBeNull();
    await provider.deleteFile('file-x', never);

    handler = (_request, response) => response.writeHead(404).end('nothing here');
    await expect(provider.getBatch('batch_x', never)).rejects.toMatchObject({ code: 'provider_unavailable' });
    await expect(provider.deleteFile('file-x', never)).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  it('list pages, and take no malformed page for an empty one', async () => {
    handler = (_request, response) => json(response, 200, { object: 'list', data: [batch], has_more: true });
    expect(await provider.listBatches('batch_0', never)).toMatchObject({ batches: [{ id: 'batch_1' }], hasMore: true });
    expect(seen).toEqual(['GET /v1/batches?limit=100&after=batch_0']);

    handler = (_request, response) => json(response, 200, {});
    await expect(provider.listBatches(null, never)).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  it('return a batch that ended before it could be cancelled', async () => {
    handler = (request, response) =>
      request.method === 'POST'
        ? json(response, 409, apiError(null, 'Cannot cancel'))
        : json(response, 200, { ...batch, status: 'completed' });
    expect(await provider.cancelBatch('batch_1', never)).toMatchObject({ status: 'completed' });
  });

  it('believe a deletion only when it is confirmed', async () => {
    handler = (_request, response) => json(response, 200, { id: 'file-1', deleted: false });
    await expect(provider.deleteFile('file-1', never)).rejects.toMatchObject({ code: 'provider_unavailable' });
  });
});

describe('a file’s content', () => {
  const content =
    (script: Handler): Handler =>
    (request, response) =>
      request.url?.endsWith('/content') === true ? script(request, response) : json(response, 200, file);
  const read = async (chunks: AsyncIterable<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return Buffer.concat(parts).toString('utf8');
  };

  it('comes with the byte count of its file object', async () => {
    handler = content((_request, response) => response.end('{"a":1}\n'));
    const opened = await provider.openFile('file-1', never);
    expect(opened?.bytes).toBe(6);
    expect(opened && (await read(opened.chunks))).toBe('{"a":1}\n');
  });

  it('is not readable yet while the provider knows the file only', async () => {
    handler = content((_request, response) => json(response, 404, apiError(null)));
    await expect(provider.openFile('file-1', never)).rejects.toMatchObject({ code: 'provider_unavailable' });
    handler = content((_request, response) => response.writeHead(502).end('<html>'));
    await expect(provider.openFile('file-1', never)).rejects.toMatchObject({ code: 'provider_unavailable' });
    handler = content((_request, response) => json(response, 401, apiError('invalid_api_key')));
    await expect(provider.openFile('file-1', never)).rejects.toMatchObject({ code: 'account_parked' });
  });

  it('fails when the connection breaks off or falls silent', async () => {
    await using impatient = connect({ timeouts: { contentIdle: 100 } });
    const broken: Handler[] = [
      (_request, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('{"a"', () => response.destroy());
      },
      (_request, response) => void response.writeHead(200).write('{"a"'),
    ];
    for (const script of broken) {
      handler = content(script);
      const opened = await impatient.openFile('file-1', never);
      await expect(read(opened?.chunks ?? Readable.from([]))).rejects.toMatchObject({
        code: 'provider_unavailable',
      });
    }
  });

  it('lets go of the connection when the reader stops early', async () => {
    const closed = new Promise<void>((resolve) => {
      handler = content((_request, response) => {
        response.on('close', resolve).writeHead(200);
        const more = () => response.writable && response.write('x'.repeat(65_536), more);
        more();
      });
    });
    const opened = await provider.openFile('file-1', never);
    for await (const chunk of opened?.chunks ?? []) {
      expect(chunk.byteLength).toBeGreaterThan(0);
      break;
    }
    await closed;
  });
});

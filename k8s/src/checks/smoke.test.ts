import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { chartFolder } from '../chart/chart-folder.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
  server = undefined;
});

/** Runs the script of `helm test` against a gateway that answers so. */
async function smoke(answer: RequestListener, env: NodeJS.ProcessEnv = {}) {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [join(chartFolder, 'files/smoke.mjs')], {
    env: { BASE_URL: `http://127.0.0.1:${port}`, MODEL: 'gpt-4o-mini', ...env },
  });
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, said, complained };
}

const completion = JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'hello' } }] });

describe('the script of helm test', () => {
  it('asks for a completion, holds on through interim answers, and is content with an answer', async () => {
    let asked: { url: string | undefined; body: unknown } | undefined;
    const { code, said } = await smoke((req, res) => {
      res.writeProcessing();
      void text(req).then((body) => {
        asked = { url: req.url, body: JSON.parse(body) };
        res.setHeader('batch-id', 'batch_1').end(completion);
      });
    });
    expect({ code, said }).toEqual({ code: 0, said: 'answered by batch_1: hello\n' });
    expect(asked).toMatchObject({ url: '/v1/chat/completions', body: { model: 'gpt-4o-mini' } });
  });

  it.each<[string, RequestListener]>([
    ['an error', (_req, res) => res.writeHead(503).end('{"error": {"message": "come again"}}')],
    ['an answer without content', (_req, res) => res.end('{"choices": []}')],
    ['no JSON', (_req, res) => res.end('<html>')],
    ['a connection that breaks', (_req, res) => res.destroy()],
  ])('fails on %s', async (_what, answer) => {
    const { code, complained } = await smoke(answer);
    expect({ code, complained }).toEqual({ code: 1, complained: expect.stringContaining('helm test failed: ') });
  });

  it('does not wait for ever', async () => {
    const { code, complained } = await smoke(() => undefined, { TIMEOUT_SECONDS: '1' });
    expect({ code, complained }).toEqual({ code: 1, complained: 'helm test failed: no answer within 1 s\n' });
  });
});

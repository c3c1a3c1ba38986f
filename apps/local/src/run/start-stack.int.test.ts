import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@batch-gpt/testing';
import type { Terminal } from '../terminal.ts';
import { startStack, type Stack, type StackOptions } from './start-stack.ts';

const terminal: Terminal = { say: () => undefined, style: (_format, text) => text };

let dataHome: string;
const options = (env: NodeJS.ProcessEnv = {}): StackOptions => {
  const { PATH, HOME } = process.env;
  const pace = { COLLATE_BATCHES_FOR_DURATION_IN_MS: '50', SIMULATOR_IN_PROGRESS_MS: '50' };
  return {
    env: { PATH, HOME, PORT: '0', OPS_PORT: '0', ...pace, ...env },
    ...{ dataHome, terminal, store: 'embedded', showLogs: false },
    signal: new AbortController().signal,
  };
};

beforeAll(async () => {
  dataHome = await mkdtemp(join(tmpdir(), 'stack-'));
});
afterAll(() => rm(dataHome, { recursive: true, force: true }));

const ask = (stack: Stack, question: string): Promise<Response> =>
  fetch(`${stack.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: question }] }),
  });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('everything that npm start runs', () => {
  it('answers, survives the crash of any part, and leaves nothing behind', async () => {
    const stack = await startStack(options());
    const pids = new Set(stack.pids().values());
    try {
      expect([...stack.pids().keys()].sort()).toEqual(['batcher', 'gateway', 'redis', 'results', 'simulator']);
      expect((await ask(stack, 'before')).status).toBe(200);

      for (const name of ['gateway', 'redis', 'batcher', 'results']) {
        const former = stack.pids().get(name) ?? 0;
        process.kill(former, 'SIGKILL');
        const next = await eventually(() => {
          const pid = stack.pids().get(name) ?? former;
          return pid !== former && pid;
        });
        pids.add(next);
      }
      await eventually(async () => (await ask(stack, 'after')).status === 200, { timeoutMs: 60_000 });
    } finally {
      for (const pid of stack.pids().values()) pids.add(pid);
      await stack[Symbol.asyncDispose]();
    }
    expect([...pids].filter(isAlive)).toEqual([]);
  });

  it('is one run at a time on its data, and may run again afterwards', async () => {
    const first = await startStack(options());
    try {
      await expect(startStack(options())).rejects.toThrow('another run uses');
    } finally {
      await first[Symbol.asyncDispose]();
    }
    const second = await startStack(options());
    try {
      // Answered from what the run before the last one stored, in the same folder.
      const answer = await ask(second, 'before');
      expect(answer.headers.get('cache-status')).toContain('hit');
    } finally {
      await second[Symbol.asyncDispose]();
    }
  });

  it('does not start half: what came up before a failure is stopped', async () => {
    const failing = startStack(options({ CLIENT_SERVING_MODE: 'no-such-mode' }));
    await expect(failing).rejects.toThrow('CLIENT_SERVING_MODE');
    const next = await startStack(options());
    await next[Symbol.asyncDispose]();
  });

  it('refuses a given Redis that does not answer, instead of starting one', async () => {
    const start = startStack(options({ REDIS_URL: 'redis://127.0.0.1:1' }));
    await expect(start).rejects.toThrow('REDIS_URL is set, but no Redis answers there');
  });
});

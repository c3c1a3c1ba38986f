import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@batch-gpt/testing';
import { startStack, type Role, type Stack } from './start-stack.ts';

const requests = 120_000;
const patience = { timeoutMs: 240_000, intervalMs: 500 };
const megabyte = 1024 * 1024;

describe('120,000 calls accepted in one window', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({
      env: { COLLATE_BATCHES_FOR_DURATION_IN_MS: '60000', SWEEP_EVERY_MS: '5000' },
      simulator: { SIMULATOR_IN_PROGRESS_MS: '1000' },
    });
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it('become batches of at most 50,000 lines, all settled, no service above 400 MB', async () => {
    const peak = watchMemory(stack);
    await acceptAll(stack.services('gateway')[0]?.port ?? 0);
    await eventually(async () => (await stack.witness.totals()).lines_billed === requests, patience);
    const batches = await eventually(async () => {
      const page = await stack.client().batches.list();
      return page.data.every((batch) => batch.status === 'completed') ? page.data : false;
    }, patience);

    const sizes = batches.map((batch) => batch.request_counts?.total ?? 0);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(50_000);
    expect(sizes.filter((size) => size === 50_000).length).toBeGreaterThanOrEqual(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(requests);
    expect(await stack.witness.totals()).toMatchObject({ lines_run: requests, billed_twice_custom_ids: 0 });
    const tooLarge = [...(await peak.stop())].filter(([, bytes]) => bytes > 400 * megabyte);
    expect(tooLarge).toEqual([]);
  });
});

/** Sends every call as async over few connections; resolves when each was accepted with 202. */
async function acceptAll(port: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < requests) {
      const body = JSON.stringify({
        model: 'gpt-6-luna',
        messages: [{ role: 'user', content: `large window ${next++}` }],
      });
      await post(port, agent, body);
    }
  };
  await Promise.all(Array.from({ length: 64 }, sender));
  agent.destroy();
}

function post(port: number, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      prefer: 'respond-async',
      'content-length': Buffer.byteLength(body),
    };
    const call = request(
      { port, agent, host: '127.0.0.1', method: 'POST', path: '/v1/chat/completions', headers },
      (response) => {
        response.resume();
        response.once('end', () => {
          if (response.statusCode === 202) resolve();
          else reject(new Error(`answered ${response.statusCode ?? 0}`));
        });
      },
    );
    call.once('error', reject);
    call.end(body);
  });
}

/** Samples the memory of every service until it is stopped; gives the largest seen of each. */
function watchMemory(stack: Stack): { readonly stop: () => Promise<ReadonlyMap<string, number>> } {
  const peaks = new Map<string, number>();
  const sample = async (): Promise<void> => {
    for (const role of ['gateway', 'batcher', 'results'] satisfies Role[]) {
      for (const [index, service] of stack.services(role).entries()) {
        const name = `${role} ${index}`;
        peaks.set(name, Math.max(peaks.get(name) ?? 0, await service.rss()));
      }
    }
  };
  const timer = setInterval(() => void sample(), 250);
  return {
    stop: async () => {
      clearInterval(timer);
      await sample();
      return peaks;
    },
  };
}

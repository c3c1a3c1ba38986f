import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  operatorBatchDetails,
  operatorRequestDetails,
  operatorRequestPage,
  operatorSnapshot,
} from '@batch-gpt/contracts';
import { eventually } from '@batch-gpt/testing';
import { ask, chatCall } from './calls.ts';
import { findChromium, startBrowser, visit } from './start-browser.ts';
import { startStack, type Stack } from './start-stack.ts';

const token = 'token-of-the-operators';
const workspace = join(import.meta.dirname, '../../..');
const page = await readFile(join(workspace, 'docs/operations.md'), 'utf8');
const run = promisify(execFile);

/** The command of a step, as the page has it. */
function commandOf(step: string): string {
  const [, command = ''] = new RegExp(`\`\`\`sh drill=${step}\\n\\s*([^]*?)\\s*\`\`\``).exec(page) ?? [];
  if (command === '') throw new Error(`docs/operations.md has no step ${step}`);
  return command;
}

describe('the drill of docs/operations.md', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ env: { ADMIN_TOKEN: token, FAILURE_TTL: '1', WAITER_SWEEP_MS: '300' } });
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  const gateway = () => stack.services('gateway')[0];
  const does = async (step: string, variables: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { stdout } = await run('sh', ['-c', commandOf(step)], {
      env: {
        ...{ PATH: process.env['PATH'], ADMIN_TOKEN: token },
        ...{ GATEWAY: gateway()?.url, OPS: `http://127.0.0.1:${gateway()?.opsPort ?? 0}` },
        ...variables,
      },
    });
    return stdout;
  };
  const snapshot = async () => operatorSnapshot.parse(JSON.parse(await does('snapshot')));
  const metric = async (name: string): Promise<number> => {
    const line = (await does('numbers')).split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? Number.NaN);
  };
  const ofMonitor = async () => {
    const words = ['apps/local/bootstrap.mjs', 'monitor', '--url', gateway()?.url ?? '', '--once', '--json'];
    const { stdout } = await run('node', words, { cwd: workspace, env: { ...process.env, ADMIN_TOKEN: token } });
    return operatorSnapshot.parse(JSON.parse(stdout));
  };

  it('finds a stuck batch and who waits for it, gives it up, and sees the next call answered', async () => {
    await stack.witness.control({ hold: true, faults: [{ name: 'batch_vanishes' }] });
    const calls = ['one', 'two', 'three'].map((each) => chatCall(`drill ${each}`));
    for (const { body } of calls) {
      const headers = { 'content-type': 'application/json', prefer: 'respond-async' };
      const accepted = await stack.fetch('/v1/chat/completions', {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      expect(accepted.status).toBe(202);
    }
    const stuck = await eventually(async () => {
      const { open_batches: open, batches } = await snapshot();
      return (batches.in_trouble === 1 && open.find(({ trouble }) => trouble !== null)) ?? false;
    });

    // Every service says of itself that what it depends on is there.
    for (const role of ['gateway', 'batcher', 'results'] as const) {
      const [service] = stack.services(role);
      const text = await (await fetch(`http://127.0.0.1:${service?.opsPort ?? 0}/metrics`)).text();
      expect({ role, text }).toMatchObject({ text: expect.stringMatching(/^batch_gpt_store_up 1$/m) });
      expect({ role, text }).toMatchObject({ text: expect.stringMatching(/^batch_gpt_redis_up 1$/m) });
    }
    // Terminal, browser and Prometheus say what the API says.
    expect(await metric('batch_gpt_batches_in_trouble')).toBe(1);
    expect((await ofMonitor()).open_batches.map(({ id, trouble }) => [id, trouble?.code])).toEqual([
      [stuck.id, 'batch_lost'],
    ]);
    await expectInBrowser(gateway()?.url ?? '', stuck.id);

    const waiting = operatorRequestPage.parse(JSON.parse(await does('waiting')));
    expect(waiting.data.map(({ batch_id: batch }) => batch)).toEqual([stuck.id, stuck.id, stuck.id]);
    const [first] = waiting.data;
    const request = await stack.fetch(`/admin/requests/${first?.id ?? ''}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(operatorRequestDetails.parse(await request.json()).waits_for).toBe('operator');
    const why = operatorBatchDetails.parse(JSON.parse(await does('why', { BATCH: stuck.id })));
    expect(why.trouble).toMatchObject({ code: 'batch_lost' });
    expect(why.timeline.length).toBeGreaterThan(3);

    await does('abandon', { BATCH: stuck.id });
    await stack.witness.control({ hold: false, faults: [] });
    for (const call of calls) {
      await eventually(async () => {
        const answer = await ask(stack.client(0, { maxRetries: 0 }), call).catch(() => null);
        return answer === call.expected;
      });
    }
    await eventually(async () => (await metric('batch_gpt_batches_in_trouble')) === 0);
    const { batches, requests } = await snapshot();
    expect(batches.in_trouble).toBe(0);
    expect(await metric('batch_gpt_requests_pending')).toBe(requests.accepted);
    expect(await metric('batch_gpt_backlog_requests')).toBe(requests.backlog);
    expect((await ofMonitor()).requests.settled_today.succeeded).toBe(requests.settled_today.succeeded);
  });
});

/** What the dashboard shows of it, where there is a browser. */
async function expectInBrowser(url: string, batch: string): Promise<void> {
  const executable = await findChromium();
  if (executable === null) {
    process.emitWarning('the drill goes without a browser: no Chromium on the path');
    return;
  }
  const browser = await startBrowser(executable);
  try {
    await using view = await visit(browser);
    await view.page.goto(`${url}/dashboard/batches/${batch}`);
    await view.page.getByLabel('Admin token').fill(token);
    await view.page.getByRole('button', { name: 'Sign in' }).click();
    await view.page.getByText('In trouble').waitFor();
    await view.page.goto(`${url}/dashboard/`);
    await view.page.getByText('1 in trouble').waitFor();
  } finally {
    await browser.close();
  }
}

import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '@batch-gpt/logging';
import { createMetrics } from '@batch-gpt/metrics';
import { createOpsServer, type OpsServerOptions } from './create-ops-server.ts';

const metrics = createMetrics({ service: 'test', version: '0', processMetrics: false });

async function open(options: Partial<OpsServerOptions> = {}) {
  const server = await createOpsServer({
    port: 0,
    host: '127.0.0.1',
    metrics,
    logger: silentLogger,
    ready: () => ({ ok: true, checks: { redis: true } }),
    ...options,
  });
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  return { server, ask, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('createOpsServer', () => {
  it('is live and ready, and shows each check', async () => {
    await using ops = await open();
    expect(await ops.ask('/livez')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(await ops.ask('/readyz')).toMatchObject({ status: 200, text: '{"status":"ready","checks":{"redis":true}}' });
  });

  // seed S28
  it('is live but not ready while something is missing, and ready again a second later', async () => {
    let time = 0;
    let ok = false;
    await using ops = await open({ ready: () => ({ ok, checks: { redis: ok } }), now: () => time });
    expect(await ops.ask('/readyz')).toMatchObject({
      status: 503,
      text: '{"status":"not ready","checks":{"redis":false}}',
    });
    expect((await ops.ask('/livez')).status).toBe(200);
    ok = true;
    expect((await ops.ask('/readyz')).status).toBe(503);
    time = 1_000;
    expect((await ops.ask('/readyz')).status).toBe(200);
  });

  it('is live but not ready while draining', async () => {
    const stop = new AbortController();
    await using ops = await open({ signal: stop.signal });
    expect((await ops.ask('/readyz')).status).toBe(200);
    stop.abort();
    expect(await ops.ask('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('draining') });
    expect((await ops.ask('/livez')).status).toBe(200);
  });

  it('serves the metrics', async () => {
    await using ops = await open();
    const { status, type, text } = await ops.ask('/metrics');
    expect([status, type]).toEqual([200, metrics.registry.contentType]);
    expect(text).toContain('batch_gpt_build_info{service="test"');
  });

  it('answers 500 and logs where the metrics cannot be collected', async () => {
    const errors: unknown[] = [];
    const failure = new Error('collect failed');
    const broken = createMetrics({ service: 'test', version: '0', processMetrics: false });
    broken.registry.metrics = () => Promise.reject(failure);
    const logger = { ...silentLogger, error: (_msg: string, fields?: object) => errors.push(fields) };
    await using ops = await open({ metrics: broken, logger });
    const { status, text } = await ops.ask('/metrics');
    expect([status, text, errors]).toEqual([500, '{"status":"failed"}', [{ err: failure }]]);
  });

  it('knows nothing else', async () => {
    await using ops = await open();
    expect((await ops.ask('/')).status).toBe(404);
  });

  it('frees its port on disposal', async () => {
    const { server, ask } = await open();
    await ask('/livez');
    await server[Symbol.asyncDispose]();
    await expect(ask('/livez')).rejects.toThrow();
  });
});

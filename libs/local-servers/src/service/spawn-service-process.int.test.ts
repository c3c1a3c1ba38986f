import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpStatus } from '../wire/http-status.ts';
import { spawnServiceProcess } from './spawn-service-process.ts';

// As a service does: logs where it listens, and is ready only after its second probe. With NEVER_READY it never is.
const SAMPLE = `
import { createServer } from 'node:http';
let probes = 0;
const log = (fields) => console.log(JSON.stringify({ level: 'info', ...fields }));
const ops = createServer((_, response) => {
  probes += 1;
  response.writeHead(probes > 1 && !process.env.NEVER_READY ? 200 : 503).end();
});
ops.listen(0, '127.0.0.1', () => log({ msg: 'ops listening', port: ops.address().port }));
const api = createServer((_, response) => response.writeHead(418).end());
api.listen(0, '127.0.0.1', () => log({ msg: 'listening', port: api.address().port }));
`;

let main: string;

beforeAll(async () => {
  main = join(await mkdtemp(join(tmpdir(), 'service-')), 'main.mjs');
  await writeFile(main, SAMPLE);
});
afterAll(() => rm(join(main, '..'), { recursive: true }));

describe('a service process', () => {
  it('is up when its ports are open and it says that it is ready', async () => {
    await using service = await spawnServiceProcess({ name: 'sample', main, env: {}, serves: ['port', 'ops'] });
    expect(await httpStatus(service.port ?? 0, '/')).toBe(418);
    expect(await httpStatus(service.opsPort ?? 0, '/readyz')).toBe(200);
  });

  it('can be had before it is ready', async () => {
    const env = { NEVER_READY: '1' };
    const waitFor = 'listening';
    await using service = await spawnServiceProcess({ name: 'sample', main, env, serves: ['port', 'ops'], waitFor });
    expect(await httpStatus(service.opsPort ?? 0, '/readyz')).toBe(503);
  });

  it('fails to start with its log when it never becomes ready', async () => {
    const env = { NEVER_READY: '1' };
    const start = spawnServiceProcess({ name: 'sample', main, env, serves: ['port', 'ops'], readyTimeoutMs: 1000 });
    await expect(start).rejects.toThrow(/sample did not start: it was not ready within 1 s\n.*listening/);
  });
});

import { afterEach, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { spawnService, startTestMongo, startTestRedis } from '@batch-gpt/testing';
import { chartFolder } from '../chart/chart-folder.ts';
import { at, listAt } from '../chart/manifest.ts';
import { type Rendered, renderChart } from '../chart/render-chart.ts';
import { type Workload, workloads } from '../settings/service-settings.ts';
import { describeWith } from '../tools/describe-with.ts';
import { envOf } from './service-env.ts';

let cleanup = new AsyncDisposableStack();
afterEach(async () => {
  await cleanup.disposeAsync();
  cleanup = new AsyncDisposableStack();
});

/** What a pod of the workload gives to Node. */
function nodeOptionsOf(rendered: Rendered, workload: Workload): string {
  const env = listAt(rendered.one('Deployment', workload), 'spec.template.spec.containers.0.env');
  return String(at(env, '0.value'));
}

describeWith('helm')('a trial', () => {
  it('runs as its ConfigMaps say, and passes its own test', async () => {
    const rendered = renderChart({ shape: 'dev' });
    const folder = await mkdtemp(join(tmpdir(), 'chart-trial-'));
    cleanup.defer(() => rm(folder, { recursive: true }));
    const redis = cleanup.use(await startTestRedis());
    const mongo = await startTestMongo();
    if (mongo !== null) cleanup.use(mongo);
    const simulator = cleanup.use(await spawnService({ app: 'simulator', env: {} }));

    // This machine in place of the cluster: its addresses, its folders, its ports.
    const here = {
      ...{ HOST: '127.0.0.1', PORT: '0', OPS_HOST: '127.0.0.1', OPS_PORT: '0', WORK_DIR: folder },
      ...{ REDIS_URL: redis.url, OPENAI_BASE_URL: `${simulator.url}/v1` },
      ...(mongo === null ? { MONGODB_URL: '', SQLITE_PATH: join(folder, 'store.sqlite') } : { MONGODB_URL: mongo.url }),
    };
    const start = (app: Workload) =>
      spawnService({ app, env: { ...envOf(rendered, app), ...here }, execArgv: [nodeOptionsOf(rendered, app)] });
    const [gateway] = await Promise.all(workloads.map(async (app) => cleanup.use(await start(app))));

    const pod = rendered.one('Pod', 'test');
    const env = listAt(pod, 'spec.containers.0.env').map((variable) => [at(variable, 'name'), at(variable, 'value')]);
    const test = spawn(process.execPath, [join(chartFolder, 'files/smoke.mjs')], {
      env: { ...(Object.fromEntries(env) as NodeJS.ProcessEnv), BASE_URL: gateway?.url },
    });
    const [said, complained] = await Promise.all([text(test.stdout), text(test.stderr), once(test, 'exit')]);
    expect({ complained, said }).toEqual({
      complained: '',
      said: expect.stringMatching(/^answered by batch_\S+: echo /),
    });
  });
});

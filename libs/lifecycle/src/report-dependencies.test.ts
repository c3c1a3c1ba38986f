import { afterEach, expect, it } from '@jest/globals';
import { createMetrics } from '@batch-gpt/metrics';
import { reportDependencies } from './report-dependencies.ts';

const metrics = createMetrics({ service: 'test', version: '0', processMetrics: false });
afterEach(() => metrics.dispose());

const up = () => Promise.resolve();
const down = () => Promise.reject(new Error('away'));

it('says of each whether it answers', async () => {
  expect(await reportDependencies(metrics, { store: up, redis: down })).toEqual({ store: true, redis: false });
  const text = await metrics.render();
  expect(text).toContain('batch_gpt_store_up 1');
  expect(text).toContain('batch_gpt_redis_up 0');
});

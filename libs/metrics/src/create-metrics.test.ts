import { afterEach, describe, expect, it } from '@jest/globals';
import { createMetrics, type Metrics } from './create-metrics.ts';

const open: Metrics[] = [];

function metricsFor(service: string, processMetrics = false): Metrics {
  const metrics = createMetrics({ service, version: '1.2.3', processMetrics });
  open.push(metrics);
  return metrics;
}

afterEach(() => {
  for (const metrics of open.splice(0)) metrics.dispose();
});

describe('createMetrics', () => {
  it('keeps to the conventions: prefix, help, base units, _total on counters and on nothing else', () => {
    const declared = metricsFor('gateway').registry.getMetricsAsArray();
    expect(declared.length).toBeGreaterThan(20);
    for (const { name, help, type } of declared) {
      expect(name).toMatch(/^batch_gpt_[a-z][a-z_]*$/);
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb)$/);
      expect(help).toMatch(/^\S.+\.$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
    }
  });

  it('has no label that a caller could fill with ever new values', () => {
    const labels = metricsFor('gateway')
      .registry.getMetricsAsArray()
      .flatMap((metric) => ('labelNames' in metric ? (metric.labelNames as string[]) : []));
    expect(labels).toContain('endpoint');
    expect(labels.filter((label) => /tenant|key|id$|model|user|path/.test(label))).toEqual([]);
  });

  it('says what runs', async () => {
    const text = await metricsFor('results').registry.metrics();
    expect(text).toContain(`batch_gpt_build_info{service="results",version="1.2.3",node="${process.versions.node}"} 1`);
  });

  it('counts, sets and observes', async () => {
    const metrics = metricsFor('gateway');
    metrics.requestsAccepted.inc({ endpoint: '/v1/embeddings', mode: 'sync' }, 2);
    metrics.heldConnections.set(7);
    metrics.batchSizeRequests.observe(120);
    const text = await metrics.registry.metrics();
    expect(text).toContain('batch_gpt_requests_accepted_total{endpoint="/v1/embeddings",mode="sync"} 2');
    expect(text).toContain('batch_gpt_held_connections 7');
    expect(text).toContain('batch_gpt_batch_size_requests_bucket{le="500"} 1');
  });

  it('shows a counter without labels before its first event, so that a rate can be taken', async () => {
    expect(await metricsFor('gateway').registry.metrics()).toContain('batch_gpt_dedup_hits_total 0');
  });

  it('shares nothing with a second registry in the same process', async () => {
    const [one, other] = [metricsFor('a'), metricsFor('b')];
    one.dedupHits.inc();
    expect(await other.registry.metrics()).toContain('batch_gpt_dedup_hits_total 0');
  });

  it('adds the runtime’s own metrics', async () => {
    expect(await metricsFor('gateway', true).registry.metrics()).toContain('nodejs_eventloop_lag_seconds');
  });

  it('forgets everything on disposal', async () => {
    const metrics = metricsFor('gateway');
    metrics.dispose();
    expect((await metrics.registry.metrics()).trim()).toBe('');
  });

  it('collects before every scrape, and fails with what that fails with', async () => {
    const metrics = metricsFor('gateway');
    let scrapes = 0;
    metrics.onScrape(() => {
      scrapes += 1;
      metrics.backlogRequests.set(scrapes);
      return Promise.resolve();
    });
    expect(await metrics.render()).toContain('batch_gpt_backlog_requests 1');
    expect(await metrics.render()).toContain('batch_gpt_backlog_requests 2');
    metrics.onScrape(() => Promise.reject(new Error('cannot be read')));
    await expect(metrics.render()).rejects.toThrow('cannot be read');
  });
});

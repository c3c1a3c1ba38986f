import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operatorBacklog } from '@batch-gpt/contracts';
import { createMetrics } from '@batch-gpt/metrics';
import { stringify } from 'yaml';
import { at, listAt } from '../chart/manifest.ts';
import { renderChart } from '../chart/render-chart.ts';
import { promtool, runPromtool } from '../observability/promtool.ts';
import { metricsIn } from '../observability/rules.ts';
import { describeWith } from '../tools/describe-with.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-gpt-scaling-'));
afterAll(() => rmSync(folder, { recursive: true }));

const byPrometheus = () =>
  renderChart({
    shape: 'production-keda',
    values: { batcher: { autoscaling: { scaler: 'prometheus' } }, results: { autoscaling: { scaler: 'prometheus' } } },
  });
const queryOf = (name: string, trigger = 0) =>
  String(at(byPrometheus().one('ScaledObject', name), `spec.triggers.${trigger}.metadata.query`));

describeWith('helm')('what the workloads are scaled by', () => {
  it('is what the operator API says', () => {
    const rendered = renderChart({ shape: 'production-keda' });
    const fields = ['batcher', 'results'].map((name) =>
      at(rendered.one('ScaledObject', name), 'spec.triggers.0.metadata.valueLocation'),
    );
    expect(Object.keys(operatorBacklog.shape)).toEqual(expect.arrayContaining(fields));
  });

  it('is what the services measure', () => {
    const metrics = createMetrics({ service: 'test', version: '0', processMetrics: false });
    const known = metrics.registry.getMetricsAsArray().map(({ name }) => name);
    metrics.dispose();
    const scalers = renderChart({ shape: 'production-hpa' }).ofKind('HorizontalPodAutoscaler');
    const named = scalers
      .flatMap((scaler) => listAt(scaler, 'spec.metrics'))
      .flatMap((one) => metricsIn(JSON.stringify(one)));
    const asked = [queryOf('batcher'), queryOf('results'), queryOf('gateway', 1)].flatMap(metricsIn);
    expect(new Set([...named, ...asked])).toEqual(
      new Set(['batch_gpt_backlog_requests', 'batch_gpt_batches_open', 'batch_gpt_held_connections']),
    );
    expect(known).toEqual(expect.arrayContaining([...named, ...asked]));
  });
});

const withPromtool = promtool === null ? describe.skip : describeWith('helm');

withPromtool('queries for Prometheus', () => {
  const seen = (pod: string, more = '') => `{namespace="batch-gpt",pod="${pod}"${more}}`;
  const backlog = (pod: string) => `batch_gpt_backlog_requests${seen(pod)}`;
  const open = (pod: string, status: string) => `batch_gpt_batches_open${seen(pod, `,status="${status}"`)}`;

  it.each<[string, string, Readonly<Record<string, number>>, number | null]>([
    ['batcher', 'the same number of two gateways once', { [backlog('a')]: 7, [backlog('b')]: 7 }, 7],
    ['batcher', 'nothing where nobody is seen', {}, null],
    [
      'results',
      'all statuses, each once',
      { [open('a', 'in_progress')]: 3, [open('b', 'in_progress')]: 3, [open('a', 'validating')]: 2 },
      5,
    ],
    ['results', 'zero where a gateway says that nothing is open', { [backlog('a')]: 4 }, 0],
    ['results', 'nothing where nobody is seen', {}, null],
    ['results', 'nothing of another release', { 'batch_gpt_batches_open{namespace="other",status="x"}': 9 }, null],
  ])('count for the %s %s', (name, _what, series, expected) => {
    const file = join(folder, 'case.yaml');
    const samples = expected === null ? [] : [{ value: expected, labels: '{}' }];
    const test = {
      interval: '1m',
      input_series: Object.entries(series).map(([one, value]) => ({ series: one, values: `${value}x5` })),
      promql_expr_test: [{ expr: queryOf(name), eval_time: '3m', exp_samples: samples }],
    };
    writeFileSync(file, stringify({ rule_files: [], evaluation_interval: '1m', tests: [test] }));
    expect(runPromtool(['test', 'rules', file])).toEqual({ ok: true, said: expect.any(String) });
  });
});

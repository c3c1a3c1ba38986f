import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartFolder } from '../chart/chart-folder.ts';
import { at } from '../chart/manifest.ts';
import { renderChart } from '../chart/render-chart.ts';
import { toolPath } from '../tools/chart-tools.ts';
import { describeWith } from '../tools/describe-with.ts';

const rules = `groups:
  - name: samples
    interval: 30s
    rules:
      - alert: SampleDown
        expr: up{job="x"} == 0
        for: 5m
        labels: { severity: page }
        annotations: { summary: '{{ $labels.instance }} is down', runbook_url: docs/x.md#down }
      - alert: SampleSlow
        expr: rate(x[5m]) > 0.5
  - name: others
    rules:
      - record: sample:x
        expr: sum(x)
`;
const dashboard = '{"title": "Sample", "legend": "{{instance}}"}\n';

let folder: string;
let chart: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chart-package-'));
  chart = join(folder, 'batch-gpt');
  cpSync(chartFolder, chart, { recursive: true });
  for (const part of ['alerts', 'dashboards']) {
    rmSync(join(chart, part), { recursive: true, force: true });
    mkdirSync(join(chart, part));
  }
  writeFileSync(join(chart, 'alerts/sample.rules.yaml'), rules);
  writeFileSync(join(chart, 'dashboards/sample.json'), dashboard);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describeWith('helm')('files in the chart', () => {
  const on = { prometheusRule: { enabled: true }, grafanaDashboards: { enabled: true } };

  it('are alerts for the Prometheus Operator, as they are', () => {
    const rule = renderChart({ chart, values: on }).one('PrometheusRule', 'alerts');
    expect(at(rule, 'spec.groups')).toEqual([
      {
        name: 'samples',
        interval: '30s',
        rules: [
          {
            alert: 'SampleDown',
            expr: 'up{job="x"} == 0',
            for: '5m',
            labels: { severity: 'page' },
            annotations: { summary: '{{ $labels.instance }} is down', runbook_url: 'docs/x.md#down' },
          },
          { alert: 'SampleSlow', expr: 'rate(x[5m]) > 0.5' },
        ],
      },
      { name: 'others', rules: [{ record: 'sample:x', expr: 'sum(x)' }] },
    ]);
  });

  it('name the runbook where people read it', () => {
    const values = { prometheusRule: { enabled: true, runbookPrefix: 'https://git.example.com/' } };
    const rule = renderChart({ chart, values }).one('PrometheusRule', 'alerts');
    expect(at(rule, 'spec.groups.0.rules.0.annotations.runbook_url')).toBe('https://git.example.com/docs/x.md#down');
  });

  it('leave out alerts that are not wanted', () => {
    const values = { prometheusRule: { enabled: true, disabled: ['SampleDown', 'SampleSlow'] } };
    const rule = renderChart({ chart, values }).one('PrometheusRule', 'alerts');
    expect(at(rule, 'spec.groups')).toEqual([{ name: 'others', rules: [{ record: 'sample:x', expr: 'sum(x)' }] }]);
  });

  it('are dashboards for Grafana’s sidecar, to the letter', () => {
    const map = renderChart({ chart, values: on }).one('ConfigMap', 'dashboard-sample');
    expect(map['data']).toEqual({ 'sample.json': dashboard });
    expect(at(map, 'metadata.labels.grafana_dashboard')).toBe('1');
  });

  it('are in its package as well, all but what users do not need', () => {
    execFileSync(toolPath('helm'), ['package', chart, '--destination', folder]);
    const packaged = join(folder, 'batch-gpt-0.1.0.tgz');
    expect(renderChart({ chart: packaged, values: on }).manifests).toEqual(
      renderChart({ chart, values: on }).manifests,
    );
    const listed = execFileSync('tar', ['-tzf', packaged], { encoding: 'utf8' });
    expect(listed).toContain('batch-gpt/README.md\n');
    expect(listed).not.toMatch(/\/ci\/|gotmpl/);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createMetrics } from '@batch-gpt/metrics';
import { stringify } from 'yaml';
import { z } from 'zod';
import { alertCases, type Input } from './alert-cases.ts';
import { dashboardFiles } from './dashboards.ts';
import { promtool, runPromtool } from './promtool.ts';
import { metricsIn, rules, rulesFile } from './rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-gpt-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const withPromtool = promtool === null ? describe.skip : describe;

const metrics = createMetrics({ service: 'test', version: '0', processMetrics: false });
afterAll(() => metrics.dispose());
const known = new Set(
  metrics.registry
    .getMetricsAsArray()
    .flatMap(({ name, type }) => (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])),
);
const operations = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');

/** Whether an alert fires for these series after so many minutes. */
function fires(alert: string, input: Input, after: number): boolean {
  const file = join(folder, 'case.yaml');
  const series = Object.entries(input).map(([name, values]) => ({ series: name, values }));
  writeFileSync(
    file,
    stringify({
      rule_files: [rulesFile],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: series,
          // Told that nothing fires, promtool says what does.
          alert_rule_test: [{ eval_time: `${after}m`, alertname: alert, exp_alerts: [] }],
        },
      ],
    }),
  );
  const { ok, said } = runPromtool(['test', 'rules', file]);
  if (!ok && !said.includes(`alertname="${alert}"`)) throw new Error(said);
  return !ok;
}

describe('every alert', () => {
  it('has a case, a section of the runbooks that says what to do, and no name twice', () => {
    const names = rules.map(({ alert }) => alert);
    expect(Object.keys(alertCases)).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
    const sections = [...operations.matchAll(/^### (BatchGpt\w+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(names);
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      const section = operations.split(`### ${alert}\n`)[1]?.split('\n###')[0] ?? '';
      for (const part of ['**Means**', '**Look at**', '**Do**'])
        expect({ alert, section }).toMatchObject({ section: expect.stringContaining(part) });
    }
  });

  it('speaks of metrics that there are', () => {
    const unknown = rules.flatMap(({ alert, expr }) =>
      metricsIn(expr)
        .filter((name) => !known.has(name))
        .map((name) => `${alert}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });
});

withPromtool('promtool', () => {
  it('finds nothing in the rules', () => {
    expect(runPromtool(['check', 'rules', '--lint-fatal', rulesFile])).toMatchObject({ ok: true });
  });

  it('finds nothing in the names and help texts of the metrics', async () => {
    expect(runPromtool(['check', 'metrics'], await metrics.render())).toEqual({ ok: true, said: '' });
  });

  it.each(Object.entries(alertCases))(
    '%s fires when it should, and not when it is near',
    (alert, { fires: bad, after, quiet }) => {
      expect(fires(alert, bad, after)).toBe(true);
      expect(fires(alert, quiet, after)).toBe(false);
    },
  );
});

const target = z.object({ expr: z.string(), legendFormat: z.string() });
const panel = z.object({
  id: z.int(),
  type: z.string(),
  title: z.string(),
  description: z.string().min(10),
  targets: z.array(target).min(1),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }),
});
const dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int(),
  templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
  panels: z.array(panel).min(4),
});

describe('the dashboards of Grafana', () => {
  const chartFolder = join(import.meta.dirname, '../../chart/dashboards');
  const files = readdirSync(chartFolder).map((name) => [name, readFileSync(join(chartFolder, name), 'utf8')] as const);

  it('are as they are written (npm run write -w @batch-gpt/k8s)', () => {
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(dashboardFiles.map(({ name, text }) => [name, text])));
  });

  it.each(files)('%s says what each panel is and shows metrics that there are', (_name, text) => {
    const { panels, templating } = dashboard.parse(JSON.parse(text));
    expect(templating.list.map(({ name }) => name)).toContain('datasource');
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const shown = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr)));
    expect(shown.filter((name) => !known.has(name))).toEqual([]);
  });

  it('have names of their own', () => {
    const uids = files.map(([, text]) => dashboard.parse(JSON.parse(text)).uid);
    expect(new Set(uids).size).toBe(files.length);
  });
});

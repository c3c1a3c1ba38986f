import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chartFolder } from '../chart/chart-folder.ts';
import { at, listAt } from '../chart/manifest.ts';
import { renderChart } from '../chart/render-chart.ts';
import { renderedFiles, renderingTools } from '../generated-files.ts';
import { describeWith } from '../tools/describe-with.ts';

describeWith(...renderingTools)('what is written from the chart', () => {
  it.each(renderedFiles.map(({ path, content }) => [basename(path), path, content] as const))(
    'is as the chart is: %s (npm run write -w @batch-gpt/k8s)',
    (_name, path, content) => expect(readFileSync(path, 'utf8')).toBe(content()),
  );
});

const readme = readFileSync(join(chartFolder, 'README.md'), 'utf8');

/** The lines of the n-th block of shell commands in the README. */
const shellBlock = (index: number): readonly string[] =>
  ([...readme.matchAll(/```sh\n([^]*?)```/g)][index]?.[1] ?? '').trim().split('\n');

/** Options of a `helm install` in the README, as `helm template` takes them. */
const optionsOf = (line: string): readonly string[] =>
  line
    .replace('helm install batch-gpt k8s/chart', '')
    .replace('--wait', '')
    .trim()
    .split(' ')
    .map((word) => word.replace(/^k8s\/chart/, chartFolder));

describeWith('helm')('the README', () => {
  it('goes from nothing to an answered call in four lines', () => {
    const [install = '', forward = '', client, call = '', ...more] = shellBlock(0);
    expect([client, more]).toEqual(['npm install openai', []]);
    const rendered = renderChart({ shape: null, args: optionsOf(install) });
    const [, service, near = '', far] = /port-forward service\/(\S+) (\d+):(\d+)/.exec(forward) ?? [];
    const found = rendered.ofKind('Service').find(({ metadata }) => metadata.name === service);
    expect(listAt(found, 'spec.ports').map((port) => at(port, 'port'))).toEqual([Number(far)]);
    expect(call).toContain(`http://127.0.0.1:${near}/v1`);
  });

  it('needs nothing in production but secrets and names', () => {
    const [secret = '', install = ''] = shellBlock(1);
    const rendered = renderChart({ shape: null, args: optionsOf(install) });
    const made = [...secret.matchAll(/--from-file=(\S+)/g)].map(([, key]) => key);
    const used = JSON.stringify(rendered.manifests).matchAll(/"items":\[\{"key":"([^"]+)"/g);
    expect([...new Set([...used].map(([, key]) => key))].toSorted()).toEqual(made.toSorted());
    expect(at(rendered.one('HTTPRoute', 'gateway'), 'spec.hostnames')).toEqual(['batch.example.com']);
    expect(JSON.stringify(rendered.one('Deployment', 'gateway'))).toContain('registry.example.com/platform/');
  });
});

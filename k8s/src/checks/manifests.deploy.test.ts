import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chartFolder } from '../chart/chart-folder.ts';
import { renderText, shapes } from '../chart/render-chart.ts';
import { exampleManifests } from '../examples/example-manifests.ts';
import { type ToolName, toolPath } from '../tools/chart-tools.ts';
import { describeWith } from '../tools/describe-with.ts';

/** Runs a tool and expects it to be content. */
function expectContent(tool: ToolName, args: readonly string[], input = ''): void {
  const { status, stdout, stderr } = spawnSync(toolPath(tool), args, { input, encoding: 'utf8' });
  const said = `${stdout}${stderr}`.split('\n').filter((line) => !/^\[(OK|SKIPPED)\]/.test(line));
  expect({ status, said: status === 0 ? [] : said }).toEqual({ status: 0, said: [] });
}

function rendered(shape: string, ...args: readonly string[]): string {
  const result = renderText({ shape, args });
  if ('refused' in result) throw new Error(result.refused);
  return result.text;
}

describeWith('helm')('the chart', () => {
  it.each(shapes)('passes the strict lint with the values %s', (shape) => {
    expectContent('helm', ['lint', '--strict', chartFolder, '-f', join(chartFolder, `ci/${shape}-values.yaml`)]);
  });
});

/** Arguments of kubeconform that have it refuse every field it does not know. */
const strictly = (): readonly string[] => [
  '-strict',
  ...['-schema-location', `${toolPath('schemas')}/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`],
  // It stands in an example of `extraObjects`, and is not the chart's.
  ...['-skip', 'ExternalSecret', '-'],
];

const VALIDATION = ['helm', 'kubeconform', 'schemas'] as const;

describeWith(...VALIDATION)('its manifests', () => {
  it.each(shapes)('are what Kubernetes and the custom resources know, to the last field: %s', (shape) => {
    expectContent('kubeconform', strictly(), rendered(shape));
  });

  it.each(exampleManifests.map(({ path }) => [basename(path), path] as const))(
    'are so as plain manifests: %s',
    (_name, path) => expectContent('kubeconform', strictly(), readFileSync(path, 'utf8')),
  );

  it('are refused with a field that Kubernetes does not know', () => {
    const input = rendered('default').replace('enableServiceLinks:', 'enableServiceLink:');
    const { status, stdout } = spawnSync(toolPath('kubeconform'), strictly(), { input, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining('enableServiceLink') });
  });
});

/** What kube-score finds and the chart means as it is. */
const MEANT = [
  // The image's user is 65532; naming it here would break clusters that choose one themselves.
  'container-security-context-user-group-id',
  // What is written goes to volumes with a size limit.
  'container-ephemeral-storage-request-and-limit',
  // Tags of releases do not move.
  'container-image-pull-policy',
  // Spread evenly by topologySpreadConstraints instead.
  'deployment-has-host-podantiaffinity',
];

/** And for one shape. */
const MEANT_THERE: Readonly<Record<string, readonly string[]>> = {
  // The simulator keeps its files to itself: one replica, and never two at a time.
  dev: ['deployment-replicas', 'deployment-strategy'],
  minimal: ['deployment-replicas'],
  // It knows no ScaledObject, and takes the number of replicas for 1.
  'production-keda': ['deployment-replicas'],
};

describeWith('helm', 'kube-score')('its score', () => {
  it.each(shapes)('has nothing that is not meant: %s', (shape) => {
    const ignored = [...MEANT, ...(MEANT_THERE[shape] ?? [])];
    const input = rendered(shape, '--skip-tests', '--set', 'networkPolicy.enabled=true');
    const options = ['--ignore-container-cpu-limit', '--exit-one-on-warning', '--output-format', 'ci'];
    expectContent('kube-score', ['score', ...options, ...ignored.flatMap((id) => ['--ignore-test', id]), '-'], input);
  });
});

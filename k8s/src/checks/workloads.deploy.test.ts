import { expect, it } from '@jest/globals';
import { at, listAt, type Manifest } from '../chart/manifest.ts';
import { renderChart, shapes } from '../chart/render-chart.ts';
import { workloads } from '../settings/service-settings.ts';
import { describeWith } from '../tools/describe-with.ts';

/** The pods of everything that runs, by name. */
function podsOf(manifests: readonly Manifest[]): readonly (readonly [string, unknown])[] {
  return manifests.flatMap((manifest) => {
    if (manifest.kind === 'Pod') return [[manifest.metadata.name, manifest['spec']] as const];
    const spec = at(manifest, 'spec.template.spec');
    return spec === undefined ? [] : [[manifest.metadata.name, spec] as const];
  });
}

describeWith('helm')('every pod', () => {
  it.each(shapes)('keeps to the restricted profile and has no token: %s', (shape) => {
    const pods = podsOf(renderChart({ shape }).manifests);
    expect(pods.length).toBeGreaterThanOrEqual(4);
    for (const [name, pod] of pods) {
      expect({ name, pod }).toMatchObject({
        name,
        pod: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        },
      });
      for (const container of listAt(pod, 'containers'))
        expect(at(container, 'securityContext')).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  it.each(shapes)(
    'has as much memory as it asks for, no limit of CPU, and a limit for every empty folder: %s',
    (shape) => {
      for (const [, pod] of podsOf(renderChart({ shape }).manifests)) {
        for (const container of listAt(pod, 'containers')) {
          expect(at(container, 'resources.limits')).toEqual({ memory: at(container, 'resources.requests.memory') });
          expect(at(container, 'resources.requests.cpu')).toBeDefined();
        }
        const folders = (at(pod, 'volumes') ?? []) as readonly unknown[];
        for (const folder of folders.filter((volume) => at(volume, 'emptyDir') !== undefined))
          expect(at(folder, 'emptyDir.sizeLimit')).toBeDefined();
      }
    },
  );
});

describeWith('helm')('a workload', () => {
  const rendered = () => renderChart({ shape: 'production-hpa' });
  const podOf = (name: string) => at(rendered().one('Deployment', name), 'spec.template.spec');

  it.each(workloads)('is asked on the ops port whether it lives and is ready: %s', (name) => {
    const [container] = listAt(podOf(name), 'containers');
    const asks = (path: string) => ({ httpGet: { path, port: 'ops' } });
    expect(container).toMatchObject({
      // An outage of Redis or MongoDB must never start anything again.
      startupProbe: asks('/livez'),
      livenessProbe: asks('/livez'),
      readinessProbe: asks('/readyz'),
    });
    expect(listAt(container, 'ports')).toContainEqual({ name: 'ops', containerPort: 9090 });
  });

  it.each([
    ['gateway', 120, 112_000],
    ['batcher', 60, 57_000],
    ['results', 60, 57_000],
  ])('ends its process before the kubelet does: %s', (name, grace, ownGrace) => {
    expect(at(podOf(name), 'terminationGracePeriodSeconds')).toBe(grace);
    expect(at(rendered().one('ConfigMap', name), 'data.SHUTDOWN_GRACE_MS')).toBe(String(ownGrace));
  });

  it('is spared new connections before it ends, without a shell', () => {
    expect(at(podOf('gateway'), 'containers.0.lifecycle')).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(at(podOf('batcher'), 'containers.0.lifecycle')).toBeUndefined();
  });

  it.each(workloads)('has a heap below its limit of memory: %s', (name) => {
    expect(listAt(podOf(name), 'containers.0.env')).toContainEqual({
      name: 'NODE_OPTIONS',
      value: '--max-old-space-size-percentage=70',
    });
  });

  it.each(workloads)('is spread over nodes and zones: %s', (name) => {
    const keys = listAt(podOf(name), 'topologySpreadConstraints').map((constraint) => at(constraint, 'topologyKey'));
    expect(keys).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
  });

  it('is selected by what never changes', () => {
    for (const name of workloads)
      expect(at(rendered().one('Deployment', name), 'spec.selector.matchLabels')).toEqual({
        'app.kubernetes.io/name': 'batch-gpt',
        'app.kubernetes.io/instance': 'batch-gpt',
        'app.kubernetes.io/component': name,
      });
  });

  it('does not start again for another version of the chart alone', () => {
    expect(JSON.stringify(at(rendered().one('Deployment', 'gateway'), 'spec.template'))).not.toContain('helm.sh/chart');
  });

  it('starts again with other settings or secrets, and not with files that it follows', () => {
    const checksums = (values: Record<string, unknown>) =>
      at(renderChart({ values }).one('Deployment', 'gateway'), 'spec.template.metadata.annotations');
    const before = checksums({});
    expect(checksums({ config: { LOG_LEVEL: 'debug' } })).not.toEqual(before);
    expect(checksums({ secrets: { redisUrl: { value: 'redis://other' } } })).not.toEqual(before);
    expect(checksums({ secrets: { gatewayApiKeys: { value: '{}' } } })).toEqual(before);
    expect(checksums({ batcher: { config: { POLL_MIN_MS: 1000 } } })).toEqual(before);
  });

  it('has a scratch folder where input files are built', () => {
    const pod = podOf('batcher');
    expect(listAt(pod, 'volumes')).toContainEqual({ name: 'scratch', emptyDir: { sizeLimit: '1Gi' } });
    expect(listAt(pod, 'containers.0.volumeMounts')).toContainEqual({
      name: 'scratch',
      mountPath: '/var/lib/batch-gpt',
    });
  });

  it('comes from your registry, by tag or by digest', () => {
    const imageOf = (values: Record<string, unknown>) =>
      at(renderChart({ values }).one('Deployment', 'gateway'), 'spec.template.spec.containers.0.image');
    expect(imageOf({})).toBe('batch-gpt-gateway:0.1.0');
    expect(imageOf({ image: { registry: 'registry.example.com/team/', tag: 'v9' } })).toBe(
      'registry.example.com/team/batch-gpt-gateway:v9',
    );
    expect(imageOf({ image: { tag: 'v9' }, gateway: { image: { digest: 'sha256:abc' } } })).toBe(
      'batch-gpt-gateway@sha256:abc',
    );
  });

  it('has a name that leaves room for what Kubernetes appends', () => {
    const { manifests } = renderChart({ shape: 'dev', values: { fullnameOverride: 'x'.repeat(80) } });
    const longest = Math.max(...manifests.map(({ metadata }) => metadata.name.length));
    // A label of a StatefulSet's pods is its name, a dash and ten characters: 63 at the most.
    expect(longest).toBeLessThanOrEqual(54);
    const sets = manifests.filter(({ kind }) => kind === 'StatefulSet').map(({ metadata }) => metadata.name.length);
    expect(Math.max(...sets)).toBeLessThanOrEqual(52);
  });

  it('may be evicted one by one, and where it is alone at any time', () => {
    const budgets = rendered().ofKind('PodDisruptionBudget');
    expect(budgets.map(({ metadata }) => metadata.name).toSorted()).toEqual(
      workloads.map((name) => `batch-gpt-${name}`).toSorted(),
    );
    for (const budget of budgets)
      expect(at(budget, 'spec')).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    expect(renderChart({ shape: 'minimal' }).ofKind('PodDisruptionBudget')).toEqual([]);
  });
});

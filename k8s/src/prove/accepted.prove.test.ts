import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@batch-gpt/testing';
import { parseAllDocuments } from 'yaml';
import { chartFolder } from '../chart/chart-folder.ts';
import { at, listAt, type Manifest } from '../chart/manifest.ts';
import { renderChart, shapes } from '../chart/render-chart.ts';
import { toolPath } from '../tools/chart-tools.ts';
import { type ApiServer, startApiServer } from './start-api-server.ts';

const NAMESPACE = 'batch-gpt';

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer();
  const crds = parseAllDocuments(readFileSync(join(toolPath('schemas'), 'crds.yaml'), 'utf8'));
  for (const crd of crds)
    if (crd.contents !== null)
      await server.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd.toJS());
  const labels = Object.fromEntries(
    ['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
  );
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } };
  await server.call('POST', '/api/v1/namespaces', namespace);
  for (const group of ['gateway.networking.k8s.io/v1', 'monitoring.coreos.com/v1', 'keda.sh/v1alpha1'])
    await eventually(async () => expect((await server.call('GET', `/apis/${group}`)).status).toBe(200));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Every object, and of those that make pods also the pod: only pods are refused for their security. */
function withPods(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests.flatMap((manifest) => {
    const template = at(manifest, 'spec.template.spec');
    if (template === undefined) return [manifest];
    const claims = at(manifest, 'spec.volumeClaimTemplates') === undefined ? [] : [{ name: 'data', emptyDir: {} }];
    const volumes = [...((at(template, 'volumes') ?? []) as readonly unknown[]), ...claims];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `${manifest.metadata.name}-pod` } };
    return [manifest, { ...pod, spec: { ...(template as object), volumes } }];
  });
}

async function create(manifest: Manifest) {
  const group = manifest.apiVersion.includes('/') ? `/apis/${manifest.apiVersion}` : `/api/${manifest.apiVersion}`;
  const { body } = await server.call('GET', group);
  const resource = listAt(body, 'resources').find(
    (one) => at(one, 'kind') === manifest.kind && !String(at(one, 'name')).includes('/'),
  );
  const path = `${group}/namespaces/${NAMESPACE}/${String(at(resource, 'name'))}`;
  const answer = await server.call('POST', `${path}?dryRun=All&fieldValidation=Strict`, manifest);
  const told = answer.status === 201 ? answer.warnings : String(at(answer.body, 'message'));
  return { object: `${manifest.kind} ${manifest.metadata.name}`, status: answer.status, told };
}

describe('a real API server, with the restricted profile enforced', () => {
  it.each(shapes)('takes everything without a warning: %s', async (shape) => {
    // The example of an extra object is not the chart's.
    const manifests = renderChart({ shape }).manifests.filter(({ kind }) => kind !== 'ExternalSecret');
    const answers = await Promise.all(withPods(manifests).map(create));
    expect(answers.filter(({ status, told }) => status !== 201 || told !== '')).toEqual([]);
    expect(answers.length).toBeGreaterThan(10);
  });

  it('lets helm install it, change its shape, go back and remove it', async () => {
    const helm = (...args: readonly string[]) => {
      const { status, stderr } = spawnSync(
        toolPath('helm'),
        [...args, '--namespace', NAMESPACE, '--kubeconfig', server.kubeconfig],
        {
          encoding: 'utf8',
        },
      );
      expect({ args: args.slice(0, 2), status, said: status === 0 ? '' : stderr }).toMatchObject({
        status: 0,
        said: '',
      });
    };
    const replicas = async () => {
      const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/batch-gpt-gateway`;
      return at((await server.call('GET', path)).body, 'spec.replicas');
    };
    const valuesOf = (shape: string) => ['-f', join(chartFolder, `ci/${shape}-values.yaml`)];
    helm('install', 'batch-gpt', chartFolder, ...valuesOf('default'), '--set', 'gateway.replicas=3');
    expect(await replicas()).toBe(3);
    helm('upgrade', 'batch-gpt', chartFolder, ...valuesOf('production-hpa'));
    helm('upgrade', 'batch-gpt', chartFolder, ...valuesOf('production-keda'));
    helm('rollback', 'batch-gpt', '1');
    expect(await replicas()).toBe(3);
    helm('uninstall', 'batch-gpt');
    expect(await replicas()).toBeUndefined();
  });

  it('refuses what is not restricted, and what it does not know', async () => {
    const [, pod] = withPods([
      renderChart({ values: { podSecurityContext: { runAsNonRoot: null } } }).one('Deployment', 'results'),
    ]);
    const service = renderChart().one('Service', 'gateway');
    const answers = await Promise.all([
      ...(pod === undefined ? [] : [create(pod)]),
      create({ ...service, spec: { ...(service['spec'] as object), odd: true } }),
    ]);
    expect(answers).toMatchObject([
      { status: 403, told: expect.stringContaining('runAsNonRoot') },
      { status: 400, told: expect.stringContaining('unknown field') },
    ]);
  });
});

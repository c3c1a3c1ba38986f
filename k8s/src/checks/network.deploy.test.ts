import { expect, it } from '@jest/globals';
import { at, listAt } from '../chart/manifest.ts';
import { renderChart, shapes } from '../chart/render-chart.ts';
import { workloads } from '../settings/service-settings.ts';
import { describeWith } from '../tools/describe-with.ts';

const portsOf = (rules: readonly unknown[]) =>
  rules.flatMap((rule) => listAt(rule, 'ports').map((port) => at(port, 'port')));

describeWith('helm')('network policies', () => {
  const policyOf = (name: string, shape = 'production-hpa') => renderChart({ shape }).one('NetworkPolicy', name);

  it('are the user’s to switch on', () => {
    expect(renderChart().ofKind('NetworkPolicy')).toEqual([]);
  });

  it.each(workloads)('close both directions: %s', (name) => {
    expect(at(policyOf(name), 'spec.policyTypes')).toEqual(['Ingress', 'Egress']);
  });

  it.each(['batcher', 'results'])('let nobody but Prometheus come to a worker: %s', (name) => {
    expect(at(policyOf(name), 'spec.ingress')).toEqual([
      {
        ports: [{ port: 'ops' }],
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
      },
    ]);
  });

  it('let whoever is named come to the gateway, and its own test', () => {
    const [calls] = listAt(policyOf('gateway'), 'spec.ingress');
    expect(at(calls, 'ports')).toEqual([{ port: 'http' }]);
    expect(at(calls, 'from')).toMatchObject([
      { podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'batch-gpt' } } },
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } },
    ]);
    const [open] = listAt(policyOf('gateway', 'production-keda'), 'spec.ingress');
    expect(open).toEqual({ ports: [{ port: 'http' }] });
  });

  it.each(workloads)('let everybody reach what it needs: %s', (name) => {
    const ports = portsOf(listAt(policyOf(name), 'spec.egress'));
    expect(ports.toSorted()).toEqual([27017, 443, 53, 53, 6379]);
  });

  it('reach the stores of a trial, which let in nobody else', () => {
    const rendered = renderChart({ shape: 'dev', values: { networkPolicy: { enabled: true } } });
    const ports = portsOf(listAt(rendered.one('NetworkPolicy', 'gateway'), 'spec.egress'));
    expect(ports).toEqual(expect.arrayContaining([6379, 27017, 9400]));
    for (const store of ['dev-redis', 'dev-mongodb', 'dev-simulator']) {
      const policy = rendered.one('NetworkPolicy', store);
      expect(listAt(policy, 'spec.ingress')).toHaveLength(1);
      expect(at(policy, 'spec.ingress.0.from.0.podSelector.matchLabels')).toMatchObject({
        'app.kubernetes.io/instance': 'batch-gpt',
      });
    }
  });
});

describeWith('helm')('the way in', () => {
  it('is a route without limits of time', () => {
    const route = renderChart({ shape: 'production-keda' }).one('HTTPRoute', 'gateway');
    expect(at(route, 'spec')).toEqual({
      parentRefs: [{ name: 'public', namespace: 'gateways' }],
      hostnames: ['batch.example.com'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/v1' } }],
          timeouts: { request: '0s', backendRequest: '0s' },
          backendRefs: [{ name: 'batch-gpt-gateway', port: 8080 }],
        },
      ],
    });
  });

  it('or an Ingress', () => {
    const ingress = renderChart({ shape: 'production-hpa' }).one('Ingress', 'gateway');
    expect(at(ingress, 'spec.rules.0.host')).toBe('batch.example.com');
    expect(at(ingress, 'spec.rules.0.http.paths')).toEqual([
      { path: '/v1', pathType: 'Prefix', backend: { service: { name: 'batch-gpt-gateway', port: { name: 'http' } } } },
    ]);
    expect(at(ingress, 'metadata.annotations')).toMatchObject({
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '86400',
    });
  });

  it.each(shapes)('does not open operators’ pages or the ops port: %s', (shape) => {
    const rendered = renderChart({ shape });
    const ways = [...rendered.ofKind('HTTPRoute'), ...rendered.ofKind('Ingress')];
    expect(JSON.stringify(ways)).not.toMatch(/admin|dashboard|9090/);
    expect(listAt(rendered.one('Service', 'gateway'), 'spec.ports').map((port) => at(port, 'name'))).toEqual(['http']);
  });
});

describeWith('helm')('monitoring', () => {
  it('finds the gateway by its own Service and the workers by their pods', () => {
    const rendered = renderChart({ shape: 'production-hpa' });
    const found = at(rendered.one('ServiceMonitor', 'gateway'), 'spec.selector.matchLabels');
    expect(rendered.one('Service', 'gateway-ops').metadata['labels']).toMatchObject(found as object);
    expect(rendered.one('Service', 'gateway').metadata['labels']).not.toMatchObject(found as object);
    expect(at(rendered.one('PodMonitor', 'workers'), 'spec.selector.matchExpressions')).toEqual([
      { key: 'app.kubernetes.io/component', operator: 'In', values: ['batcher', 'results'] },
    ]);
    expect(at(rendered.one('ServiceMonitor', 'gateway'), 'metadata.labels')).toMatchObject({ release: 'prometheus' });
  });

  it('is off unless it is asked for', () => {
    const kinds = renderChart().manifests.map(({ kind }) => kind);
    for (const kind of ['ServiceMonitor', 'PodMonitor', 'PrometheusRule']) expect(kinds).not.toContain(kind);
  });
});

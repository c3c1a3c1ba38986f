import { expect, it } from '@jest/globals';
import { at } from '../chart/manifest.ts';
import { renderChart } from '../chart/render-chart.ts';
import { workloads } from '../settings/service-settings.ts';
import { describeWith } from '../tools/describe-with.ts';

describeWith('helm')('scaling', () => {
  it('leaves the number of replicas to whoever scales, and else to the values', () => {
    for (const [shape, replicas] of [
      ['production-hpa', undefined],
      ['production-keda', undefined],
      ['default', 2],
    ] as const)
      for (const name of workloads)
        expect(at(renderChart({ shape }).one('Deployment', name), 'spec.replicas')).toBe(replicas);
  });

  it('goes by CPU and held connections for the gateway', () => {
    const byHpa = renderChart({ shape: 'production-hpa' }).one('HorizontalPodAutoscaler', 'gateway');
    expect(at(byHpa, 'spec.metrics')).toMatchObject([
      { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'gateway' } },
      { type: 'Pods', pods: { metric: { name: 'batch_gpt_held_connections' }, target: { averageValue: '5000' } } },
    ]);
    const byKeda = renderChart({ shape: 'production-keda' }).one('ScaledObject', 'gateway');
    expect(at(byKeda, 'spec.triggers')).toMatchObject([
      { type: 'cpu', metadata: { value: '70', containerName: 'gateway' } },
      { type: 'prometheus', metadata: { query: 'sum(batch_gpt_held_connections{namespace="batch-gpt"})' } },
    ]);
  });

  it.each([
    ['batcher', 'batch_gpt_backlog_requests', '100000'],
    ['results', 'batch_gpt_batches_open', '200'],
  ])('goes by one number of real work, never by CPU: %s', (name, metric, target) => {
    const scaler = renderChart({ shape: 'production-hpa' }).one('HorizontalPodAutoscaler', name);
    expect(at(scaler, 'spec.metrics')).toEqual([
      {
        type: 'External',
        external: {
          metric: { name: metric, selector: { matchLabels: { namespace: 'batch-gpt' } } },
          target: { type: 'AverageValue', averageValue: target },
        },
      },
    ]);
  });

  it.each([
    ['batcher', 'backlog', '100000'],
    ['results', 'open_batches', '200'],
  ])('asks the operator API for it, with the token: %s', (name, field, target) => {
    const rendered = renderChart({ shape: 'production-keda' });
    expect(at(rendered.one('ScaledObject', name), 'spec.triggers')).toEqual([
      {
        type: 'metrics-api',
        metricType: 'AverageValue',
        metadata: {
          url: 'http://batch-gpt-gateway.batch-gpt.svc:8080/admin/backlog',
          valueLocation: field,
          targetValue: target,
          activationTargetValue: '0',
          authMode: 'bearer',
        },
        authenticationRef: { name: 'batch-gpt-admin-token' },
      },
    ]);
    expect(at(rendered.one('TriggerAuthentication', 'admin-token'), 'spec.secretTargetRef')).toEqual([
      { parameter: 'token', name: 'batch-gpt', key: 'admin-token' },
    ]);
  });

  it.each([
    ['batcher', 'max(batch_gpt_backlog_requests{namespace="batch-gpt"})'],
    [
      'results',
      'sum(max by (status) (batch_gpt_batches_open{namespace="batch-gpt"})) or 0 * max(batch_gpt_backlog_requests{namespace="batch-gpt"})',
    ],
  ])('or Prometheus, and takes nothing for a failure: %s', (name, query) => {
    const autoscaling = { scaler: 'prometheus' };
    const values = { batcher: { autoscaling }, results: { autoscaling } };
    const rendered = renderChart({ shape: 'production-keda', values });
    expect(at(rendered.one('ScaledObject', name), 'spec.triggers.0.metadata')).toMatchObject({
      query,
      ignoreNullValues: 'false',
    });
    expect(rendered.ofKind('TriggerAuthentication')).toEqual([]);
  });

  it.each(workloads)('is quick upwards and slow downwards, whoever does it: %s', (name) => {
    const slowly = {
      scaleUp: { stabilizationWindowSeconds: 0 },
      scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
    };
    const hpa = renderChart({ shape: 'production-hpa' }).one('HorizontalPodAutoscaler', name);
    const keda = renderChart({ shape: 'production-keda' }).one('ScaledObject', name);
    expect(at(hpa, 'spec.behavior')).toMatchObject(slowly);
    expect(at(keda, 'spec.advanced.horizontalPodAutoscalerConfig.behavior')).toMatchObject(slowly);
  });

  it.each(['batcher', 'results'])('never makes it smaller because nobody can be asked: %s', (name) => {
    const scaler = renderChart({ shape: 'production-keda' }).one('ScaledObject', name);
    expect(at(scaler, 'spec.fallback')).toEqual({
      failureThreshold: 3,
      replicas: 2,
      behavior: 'currentReplicasIfHigher',
    });
  });
});

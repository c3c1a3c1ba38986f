import { expect, it } from '@jest/globals';
import { renderChart, renderText, type Values } from '../chart/render-chart.ts';
import { describeWith } from '../tools/describe-with.ts';

/** What helm says against values. */
function refusal(values: Values, shape: string | null = 'default'): string {
  const rendered = renderText({ shape, values });
  return 'refused' in rendered ? rendered.refused : 'taken';
}

describeWith('helm')('values that are not known', () => {
  it.each<[string, Values]>([
    ['at the top', { gatway: {} }],
    ['of a workload', { gateway: { replica: 3 } }],
    ['among the settings', { config: { COLLATE_BATCHES: 5 } }],
    ['a setting of another workload', { gateway: { config: { POLL_MIN_MS: 5000 } } }],
    ['a setting that has to be alike, for one alone', { gateway: { config: { OPENAI_ACCOUNT: 'other' } } }],
    ['a setting that the chart decides', { config: { PORT: 80 } }],
    ['a secret among the settings', { config: { OPENAI_API_KEY: 'sk-example' } }],
    ['deep down', { networkPolicy: { egress: { redis: { port: 1 } } } }],
  ])('are refused: %s', (_where, values) => expect(refusal(values)).toContain('additional properties'));

  it.each<[string, Values]>([
    ['a word', { config: { CLIENT_SERVING_MODE: 'sink' } }],
    ['a number', { config: { MAX_WAITERS: 'many' } }],
    ['a mode of scaling', { batcher: { autoscaling: { mode: 'magic' } } }],
    ['results that are scaled to nothing', { results: { autoscaling: { minReplicas: 0 } } }],
  ])('are refused where they are of the wrong kind: %s', (_what, values) =>
    expect(refusal(values)).toContain("values don't meet the specifications"),
  );
});

describeWith('helm')('values that do not go together', () => {
  const key = { value: '', key: 'k', existingSecret: '' };

  it.each<[string, Values]>([
    ['there is no Redis: set secrets.redisUrl', { secrets: { redisUrl: { value: '' } } }],
    ['there are two Redis: unset secrets.redisUrl', { dev: { redis: { enabled: true } } }],
    ['there is no database: set secrets.mongodbUrl', { secrets: { mongodbUrl: { value: '' } } }],
    ['there are several databases: keep one of dev.mongodb.enabled', { dev: { mongodb: { enabled: true } } }],
    ['there is no provider account: set secrets.openaiApiKey', { secrets: { openaiApiKey: { value: '' } } }],
    ['would be sent to it; unset secrets.openaiApiKey', { dev: { simulator: { enabled: true } } }],
    ['nobody may call: set secrets.gatewayApiKeys', { secrets: { gatewayApiKeys: { value: '' } } }],
    ['lets everybody in while secrets.gatewayApiKeys', { config: { ALLOW_UNAUTHENTICATED: true } }],
    ['secrets.adminToken has both a value and a key', { secrets: { adminToken: { ...key, value: 'v' } } }],
    ['secrets.adminToken.key names a key of no Secret', { secrets: { adminToken: key } }],
    ['leaves too little after gateway.preStopSeconds', { gateway: { preStopSeconds: 115 } }],
    ['needs secrets.adminToken', { batcher: { autoscaling: { mode: 'keda' } } }],
    ['set prometheus.serverAddress', { results: { autoscaling: { mode: 'keda', scaler: 'prometheus' } } }],
    ['batcher.autoscaling.minReplicas is 0', { batcher: { autoscaling: { mode: 'hpa', minReplicas: 0 } } }],
    ['maxReplicas is less than minReplicas', { gateway: { autoscaling: { mode: 'hpa', minReplicas: 20 } } }],
    [
      'set gateway.resources.requests.cpu',
      { gateway: { autoscaling: { mode: 'hpa' }, resources: { requests: { cpu: null } } } },
    ],
    ['needs httpRoute.parentRefs', { httpRoute: { enabled: true } }],
    ['needs ingress.hosts', { ingress: { enabled: true } }],
  ])('are refused with advice: %s', (advice, values) => expect(refusal(values)).toContain(advice));

  it('are all told at once', () => {
    const said = refusal({}, null);
    for (const part of ['no Redis', 'no database', 'no provider account', 'nobody may call'])
      expect(said).toContain(part);
  });
});

describeWith('helm')('extra objects', () => {
  it('are templates', () => {
    const [secret] = renderChart({ shape: 'external-secrets' }).ofKind('ExternalSecret');
    expect(secret?.metadata.name).toBe('batch-gpt-accounts');
  });
});

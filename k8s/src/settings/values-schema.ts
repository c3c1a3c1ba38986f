import {
  anyObject,
  closed,
  count,
  flag,
  type JsonSchema,
  objects,
  oneOf,
  positive,
  quantity,
  text,
  textMap,
  texts,
} from './json-schema.ts';
import { type Setting } from './read-settings.ts';
import { configurable, secretEntries, type Workload } from './service-settings.ts';

const image = closed({ repository: text, tag: text, digest: text });

/** What takes a value of the chart's, or a key of a Secret that exists. */
const secretKey = closed({ existingSecret: text, key: text });
const secret = closed({ value: text, existingSecret: text, key: text });

function config(settings: readonly Setting[]): JsonSchema {
  return closed(Object.fromEntries(settings.map((setting) => [setting.name, settingSchema(setting)])));
}

function settingSchema({ kind, default: absent }: Setting): JsonSchema {
  const given = absent === null ? {} : { default: absent };
  if (kind === 'number') return { type: 'integer', ...given };
  if (kind === 'text') return { type: 'string', ...given };
  // YAML reads an unquoted on or off as a boolean.
  if (kind === 'switch') return { enum: [true, false, 'on', 'off'], ...given };
  return {
    enum: [...kind, ...(kind.includes('on') ? [true] : []), ...(kind.includes('off') ? [false] : [])],
    ...given,
  };
}

function workload(name: Workload, fields: Readonly<Record<string, JsonSchema>>, scaling: JsonSchema): JsonSchema {
  return closed({
    replicas: count,
    config: config(configurable(name)),
    image,
    resources: closed({ requests: anyObject, limits: anyObject, claims: objects }),
    heapPercentage: { type: 'integer', minimum: 10, maximum: 90 },
    tmpSize: quantity,
    terminationGracePeriodSeconds: { type: 'integer', minimum: 15, maximum: 3600 },
    preStopSeconds: count,
    strategy: anyObject,
    podDisruptionBudget: closed({ enabled: flag, maxUnavailable: { type: ['integer', 'string'] } }),
    autoscaling: scaling,
    probes: closed({ startup: anyObject, liveness: anyObject, readiness: anyObject }),
    podAnnotations: textMap,
    podLabels: textMap,
    nodeSelector: textMap,
    affinity: anyObject,
    tolerations: objects,
    topologySpreadConstraints: objects,
    priorityClassName: text,
    extraEnv: objects,
    extraEnvFrom: objects,
    extraVolumes: objects,
    extraVolumeMounts: objects,
    extraContainers: objects,
    initContainers: objects,
    ...fields,
  });
}

const autoscaling = (least: JsonSchema, fields: Readonly<Record<string, JsonSchema>>): JsonSchema =>
  closed({ mode: oneOf('none', 'hpa', 'keda'), minReplicas: least, maxReplicas: positive, ...fields });

const scaler = oneOf('metrics-api', 'prometheus');
const egress = closed({ ports: { type: 'array', items: positive, minItems: 1 }, to: objects });

const properties: Readonly<Record<string, JsonSchema>> = {
  // Helm's own: values for all charts of a release.
  global: anyObject,
  nameOverride: text,
  fullnameOverride: text,
  commonLabels: textMap,
  image: closed({
    registry: text,
    prefix: text,
    tag: text,
    pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
    pullSecrets: texts,
  }),
  config: config(configurable()),
  prices: anyObject,
  secrets: closed({
    existingSecret: text,
    ...Object.fromEntries(Object.keys(secretEntries).map((entry) => [entry, secret])),
  }),
  bindAddress: { type: 'string', minLength: 2 },
  serviceAccount: closed({ create: flag, name: text, annotations: textMap }),
  podSecurityContext: anyObject,
  containerSecurityContext: anyObject,
  hostUsers: { type: ['boolean', 'null'] },
  gateway: workload(
    'gateway',
    { service: closed({ type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer'), port: positive, annotations: textMap }) },
    autoscaling(positive, { targetCPUUtilizationPercentage: positive, heldConnectionsPerReplica: count }),
  ),
  batcher: workload('batcher', { scratchSize: quantity }, autoscaling(count, { backlogPerReplica: positive, scaler })),
  results: workload('results', {}, autoscaling(positive, { openBatchesPerReplica: positive, scaler })),
  httpRoute: closed({ enabled: flag, annotations: textMap, parentRefs: objects, hostnames: texts, paths: texts }),
  ingress: closed({
    enabled: flag,
    className: text,
    annotations: textMap,
    hosts: texts,
    paths: texts,
    tls: objects,
  }),
  networkPolicy: closed({
    enabled: flag,
    gatewayFrom: objects,
    metricsFrom: objects,
    egress: closed({ redis: egress, mongodb: egress, provider: egress }),
    extraEgress: objects,
  }),
  prometheus: closed({ serverAddress: text }),
  monitoring: closed({ enabled: flag, interval: text, labels: textMap }),
  prometheusRule: closed({ enabled: flag, labels: textMap, runbookPrefix: text, disabled: texts }),
  grafanaDashboards: closed({ enabled: flag, labels: textMap, annotations: textMap }),
  tests: closed({ model: text, apiKey: secretKey, timeoutSeconds: positive }),
  dev: closed({
    redis: closed({ enabled: flag, image: text, storage: quantity }),
    mongodb: closed({ enabled: flag, image: text, storage: quantity }),
    simulator: closed({ enabled: flag, image }),
    storageClassName: text,
  }),
  extraObjects: { type: 'array', items: { type: ['object', 'string'] } },
};

/** `values.schema.json`: every value, and every setting that a service reads with its default; nothing else is taken. */
export const valuesSchema = (): string =>
  `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'Values of batch-gpt', ...closed(properties) }, null, 2)}\n`;

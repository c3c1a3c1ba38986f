import { join } from 'node:path';
import { renderText, type Values } from '../chart/render-chart.ts';

const folder = join(import.meta.dirname, '../../examples');

interface Example {
  readonly path: string;
  /** What its first lines say. */
  readonly about: readonly string[];
  readonly shape: string;
  readonly values: Values;
}

const scaledByHand = { autoscaling: { mode: 'none' } };

const examples: readonly Example[] = [
  {
    path: join(folder, 'trial.yaml'),
    about: [
      'A trial: Redis, MongoDB and a simulator of the provider inside the cluster. Not for production.',
      'The images of docker/ have to be on the nodes.',
      '',
      '  kubectl apply -f k8s/examples/trial.yaml',
      '  kubectl -n batch-gpt port-forward service/batch-gpt-gateway 8080:8080',
    ],
    shape: 'dev',
    values: {},
  },
  {
    path: join(folder, 'production.yaml'),
    about: [
      'Production with two replicas of each, without custom resources. Yours are the images’ registry (registry.example.com),',
      'the host name (batch.example.com), the class and annotations of the Ingress, the sources in the NetworkPolicies, and',
      '',
      '  kubectl create namespace batch-gpt',
      '  kubectl -n batch-gpt create secret generic batch-gpt --from-file=redis-url --from-file=mongodb-url \\',
      '    --from-file=openai-api-key --from-file=admin-token --from-file=api-keys.json',
      '  kubectl apply -f k8s/examples/production.yaml',
      '',
      'After a change of a ConfigMap: kubectl -n batch-gpt rollout restart deployment.',
    ],
    shape: 'production-hpa',
    values: {
      gateway: scaledByHand,
      batcher: scaledByHand,
      results: scaledByHand,
      monitoring: { enabled: false },
      prometheusRule: { enabled: false },
    },
  },
];

const namespace = `---
apiVersion: v1
kind: Namespace
metadata:
  name: batch-gpt
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;

/** Plain manifests, rendered from the chart. */
export const exampleManifests = examples.map((example) => ({
  path: example.path,
  content: () => manifestsOf(example),
}));

function manifestsOf({ about, shape, values }: Example): string {
  const rendered = renderText({ shape, values, args: ['--skip-tests'] });
  if ('refused' in rendered) throw new Error(rendered.refused);
  // Helm is not there any more, and would not take over what names it.
  const plain = rendered.text
    .split('\n')
    .filter((line) => !/^# Source: |^ *(app\.kubernetes\.io\/managed-by|helm\.sh\/chart):/.test(line));
  const head = about.map((line) => `# ${line}`.trimEnd()).join('\n');
  return `${head}\n${namespace}${plain.join('\n').replace(/\n{2,}/g, '\n')}`;
}

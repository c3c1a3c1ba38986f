// Writes one schema per kind, for kubeconform: node write-schemas.ts <modules.jsonl of `go mod download -json`> <folder>
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type GroupVersionKind, schemaFile } from './openapi-document.ts';
import { readCrds } from './read-crds.ts';
import { readOpenApi } from './read-openapi.ts';

/** What the chart can render of Kubernetes itself, by group. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  '': ['ConfigMap', 'Namespace', 'PersistentVolumeClaim', 'Pod', 'Secret', 'Service', 'ServiceAccount'],
  apps: ['Deployment', 'StatefulSet'],
  autoscaling: ['HorizontalPodAutoscaler'],
  'networking.k8s.io': ['Ingress', 'NetworkPolicy'],
  policy: ['PodDisruptionBudget'],
};

/** Where each module keeps the manifests of its custom resources. */
const CRD_FOLDERS: Readonly<Record<string, string>> = {
  'sigs.k8s.io/gateway-api': 'config/crd/standard',
  'github.com/prometheus-operator/prometheus-operator': 'example/prometheus-operator-crd',
  'github.com/kedacore/keda/v2': 'config/crd/bases',
};

/** The custom resources that the chart can render, as their files end. */
const RENDERED = [
  'httproutes',
  'servicemonitors',
  'podmonitors',
  'prometheusrules',
  'scaledobjects',
  '_triggerauthentications',
];

const moduleSchema = z.object({ Path: z.string(), Dir: z.string() });

const [modulesFile = '', folder = ''] = process.argv.slice(2);
// `go` prints one indented object after the other.
const modules = readFileSync(modulesFile, 'utf8')
  .split(/(?<=^\})\n/m)
  .filter((text) => text.trim() !== '')
  .map((text) => moduleSchema.parse(JSON.parse(text)));

const definitions: string[] = [];
for (const { Path: path, Dir: home } of modules) {
  const crds = CRD_FOLDERS[path];
  if (crds === undefined) writeOpenApi(join(home, 'api/openapi-spec/v3'));
  else
    for (const file of yamlFiles(join(home, crds))) {
      writeAll(readCrds(file));
      if (RENDERED.some((kind) => file.endsWith(`${kind}.yaml`))) definitions.push(readFileSync(file, 'utf8'));
    }
}
// As they are, for a real API server.
writeFileSync(join(folder, 'crds.yaml'), definitions.join('\n---\n'));

function writeOpenApi(home: string): void {
  const isWanted = ({ group, kind }: GroupVersionKind) => WANTED[group]?.includes(kind) === true;
  for (const file of readdirSync(home).filter((name) => /^apis?__.*_openapi\.json$/.test(name)))
    writeAll(readOpenApi(join(home, file), isWanted));
}

function yamlFiles(home: string): readonly string[] {
  return readdirSync(home)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(home, name));
}

function writeAll(schemas: ReadonlyMap<GroupVersionKind, unknown>): void {
  for (const [kind, schema] of schemas) {
    const path = join(folder, schemaFile(kind));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(schema));
  }
}

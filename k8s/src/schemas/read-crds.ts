import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { isNode, type GroupVersionKind, strict } from './openapi-document.ts';

/** The schema of each version of each custom resource that a manifest defines. */
export function readCrds(file: string): Map<GroupVersionKind, unknown> {
  const found = new Map<GroupVersionKind, unknown>();
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
    const spec = specOf(document.toJS());
    if (spec === null) continue;
    for (const { version, schema } of spec.versions)
      found.set({ group: spec.group, version, kind: spec.kind }, strict(schema));
  }
  return found;
}

function specOf(manifest: unknown) {
  if (!isNode(manifest) || manifest['kind'] !== 'CustomResourceDefinition') return null;
  const { spec } = manifest;
  if (!isNode(spec) || !isNode(spec['names']) || !Array.isArray(spec['versions'])) return null;
  const versions = (spec['versions'] as unknown[]).filter(isNode).map(({ name, schema }) => ({
    version: String(name),
    schema: isNode(schema) ? schema['openAPIV3Schema'] : {},
  }));
  return { group: String(spec['group']), kind: String(spec['names']['kind']), versions };
}

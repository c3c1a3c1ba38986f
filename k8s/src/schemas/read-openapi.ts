import { readFileSync } from 'node:fs';
import { isNode, references, type GroupVersionKind, type SchemaNode, strict } from './openapi-document.ts';

/** The schema of each wanted kind in one of Kubernetes' own OpenAPI documents, complete in itself. */
export function readOpenApi(
  file: string,
  isWanted: (kind: GroupVersionKind) => boolean,
): Map<GroupVersionKind, unknown> {
  const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const components = isNode(document) && isNode(document['components']) ? document['components'] : {};
  const all = isNode(components['schemas']) ? components['schemas'] : {};
  const found = new Map<GroupVersionKind, unknown>();
  for (const schema of Object.values(all)) {
    const kind = kindOf(schema);
    if (kind !== null && isWanted(kind))
      found.set(kind, { ...objectOf(strict(schema)), definitions: reachable(schema, all) });
  }
  return found;
}

const objectOf = (value: unknown): SchemaNode => (isNode(value) ? value : {});

/** Null for what is no resource, and for what stands for several (options, lists). */
function kindOf(schema: unknown): GroupVersionKind | null {
  const kinds = isNode(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
  const [only, more] = Array.isArray(kinds) ? (kinds as unknown[]) : [];
  if (!isNode(only) || more !== undefined) return null;
  return { group: String(only['group']), version: String(only['version']), kind: String(only['kind']) };
}

function reachable(from: unknown, all: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const definitions: Record<string, unknown> = {};
  const open = [...references(from)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name in definitions) continue;
    definitions[name] = strict(all[name]);
    open.push(...references(all[name]));
  }
  return definitions;
}

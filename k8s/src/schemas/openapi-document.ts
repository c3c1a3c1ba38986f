/** The parts of a JSON schema that are looked at here; everything else passes through. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly additionalProperties?: unknown;
  readonly [keyword: string]: unknown;
}

/** A kind of resource as its manifests name it. */
export interface GroupVersionKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Where kubeconform looks for a kind: `{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`, core as group `v1`. */
export const schemaFile = ({ group, version, kind }: GroupVersionKind): string =>
  `${group === '' ? version : group}/${kind.toLowerCase()}_${version}.json`;

export const isNode = (value: unknown): value is SchemaNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The same schema, refusing fields that it does not name, and its references moved to `#/definitions/`. Where a schema
 * says that it keeps unknown fields, so does this.
 */
export function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (!isNode(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, strictPart(key, part)]));
  const isClosed =
    isNode(value.properties) &&
    value.additionalProperties === undefined &&
    value['x-kubernetes-preserve-unknown-fields'] !== true;
  return isClosed ? { ...inner, additionalProperties: false } : inner;
}

function strictPart(key: string, part: unknown): unknown {
  if (key === '$ref' && typeof part === 'string') return part.replace('#/components/schemas/', '#/definitions/');
  // Names of fields, one of which may be called like a keyword.
  if (key === 'properties' && isNode(part))
    return Object.fromEntries(Object.entries(part).map(([name, schema]) => [name, strict(schema)]));
  return strict(part);
}

/** Every name that a schema refers to in `#/components/schemas/`. */
export function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isNode(value)) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === '$ref' && typeof part === 'string' ? [part.slice('#/components/schemas/'.length)] : references(part),
  );
}

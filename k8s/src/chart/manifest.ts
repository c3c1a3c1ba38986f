import { z } from 'zod';

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/** One object of a cluster, as it is applied. */
export type Manifest = z.infer<typeof manifestSchema>;

export const parseManifest = (given: unknown): Manifest => manifestSchema.parse(given);

/** What is at a path of fields and indexes, like `spec.ports.0.name`; undefined where there is nothing. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, key) => {
    if (Array.isArray(part)) return (part as unknown[])[Number(key)];
    return typeof part === 'object' && part !== null ? (part as Readonly<Record<string, unknown>>)[key] : undefined;
  }, value);
}

/** The same, where it has to be a list. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  if (!Array.isArray(found)) throw new Error(`no list at ${path}`);
  return found as unknown[];
}

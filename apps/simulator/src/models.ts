/** What a model is for: which endpoints take it. */
export type ModelKind = 'chat' | 'completion' | 'embedding' | 'moderation' | 'image';

interface Model {
  readonly snapshot: string;
  readonly kind: ModelKind;
}

const dated = (date: string, kind: ModelKind, ...names: string[]): [string, Model][] =>
  names.map((name) => [name, { snapshot: `${name}-${date}`, kind }]);
const undated = (kind: ModelKind, ...names: string[]): [string, Model][] =>
  names.map((name) => [name, { snapshot: name, kind }]);

const known = new Map<string, Model>([
  ...dated('2026-11-17', 'chat', 'gpt-6.2-sol', 'gpt-6.2-astra'),
  ...dated('2026-08-06', 'chat', 'gpt-6-luna', 'gpt-6-astra', 'gpt-6-sol'),
  ...dated('2026-03-05', 'chat', 'gpt-5.4', 'gpt-5.4-pro', 'gpt-5.6-luna'),
  ...dated('2025-08-07', 'chat', 'gpt-5', 'gpt-5-mini', 'gpt-5-nano'),
  ...dated('2025-04-14', 'chat', 'gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano'),
  ...dated('2025-04-16', 'chat', 'o3', 'o4-mini'),
  ...dated('2024-08-06', 'chat', 'gpt-4o'),
  ...dated('2024-07-18', 'chat', 'gpt-4o-mini'),
  ...undated('chat', 'gpt-3.5-turbo', 'gpt-4'),
  ...undated('completion', 'gpt-3.5-turbo-instruct', 'davinci-002', 'babbage-002'),
  ...undated('embedding', 'text-embedding-3-small', 'text-embedding-3-large', 'text-embedding-ada-002'),
  ...undated('moderation', 'omni-moderation-latest', 'text-moderation-latest'),
  ...dated('2026-09-08', 'image', 'gpt-image-2.5-sunburst', 'gpt-image-2.5-flare'),
  ...dated('2026-04-21', 'image', 'gpt-image-2'),
  ...undated('image', 'gpt-image-1-mini', 'gpt-image-1.5', 'chatgpt-image-latest'),
]);
const bySnapshot = new Map([...known.values()].map((model) => [model.snapshot, model]));

/** The dated name behind an alias; a name without one stands for itself. */
export const snapshotOf = (name: string): string => known.get(name)?.snapshot ?? name;

/** What a built-in model is for, null for one that was configured or is unknown. */
export const kindOf = (name: string): ModelKind | null => (known.get(name) ?? bySnapshot.get(name))?.kind ?? null;

/** The models this simulator serves: the built-in ones and those configured; an entry ending in `*` is a prefix. */
export interface ModelCatalogue {
  has(name: string): boolean;
  names(): string[];
}

/** Builds the catalogue from the extra names of the configuration. */
export function createModelCatalogue(extra: readonly string[]): ModelCatalogue {
  const prefixes = extra.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  const exact = new Set([...known.keys(), ...bySnapshot.keys(), ...extra.filter((name) => !name.endsWith('*'))]);
  return {
    has: (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix)),
    names: () => [...exact].toSorted(),
  };
}

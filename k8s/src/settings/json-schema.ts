/** A JSON schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

type Fields = Readonly<Record<string, JsonSchema>>;

export const text: JsonSchema = { type: 'string' };
export const flag: JsonSchema = { type: 'boolean' };
export const count: JsonSchema = { type: 'integer', minimum: 0 };
export const positive: JsonSchema = { type: 'integer', minimum: 1 };
export const texts: JsonSchema = { type: 'array', items: text };
export const oneOf = (...words: readonly string[]): JsonSchema => ({ type: 'string', enum: words });

/** An amount as Kubernetes writes it: `512Mi`. */
export const quantity: JsonSchema = { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$' };

/** Texts by name: labels and annotations. */
export const textMap: JsonSchema = { type: 'object', additionalProperties: text };

/** What Kubernetes knows and the chart passes on. */
export const anyObject: JsonSchema = { type: 'object' };
export const objects: JsonSchema = { type: 'array', items: anyObject };

/** Exactly these fields, none of them required. */
export const closed = (properties: Fields): JsonSchema => ({ type: 'object', properties, additionalProperties: false });

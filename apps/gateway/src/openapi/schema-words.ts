import { type JsonSchema } from './schemas.ts';

/** A field of an object, as a row of a table. */
export interface FieldRow {
  /** Like `timeline[].at`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly says: string;
}

/** The fields of an object and of the objects in it, in order. */
export function fieldRows({ required = [], properties = {} }: JsonSchema, prefix = ''): readonly FieldRow[] {
  return Object.entries(properties).flatMap(([field, value]) => {
    const name = `${prefix}${field}`;
    const schema = asSchema(value);
    const row = { name, type: typeWords(schema), required: required.includes(field), says: schema.description ?? '' };
    return [row, ...rowsWithin(name, schema)];
  });
}

function rowsWithin(name: string, schema: JsonSchema): readonly FieldRow[] {
  if (schema.type === 'array') return fieldRows(asSchema(schema.items), `${name}[].`);
  return [schema, ...(schema.anyOf ?? [])].flatMap((each) => fieldRows(asSchema(each), `${name}.`));
}

/** What a value may be, in words; components are links on the page. */
export function typeWords(schema: JsonSchema): string {
  const { $ref, const: only, enum: words, anyOf, type } = schema;
  if ($ref !== undefined) return linkTo($ref);
  if (only !== undefined) return code(JSON.stringify(only));
  if (words !== undefined) return words.map((word) => code(JSON.stringify(word))).join(', ');
  // An object may have alternatives of its own, which are about its fields.
  if (anyOf !== undefined && type === undefined) return either(anyOf.map((each) => typeWords(asSchema(each))));
  if (Array.isArray(type)) return either(type);
  if (type === 'array') return listWords(schema);
  return type === undefined ? 'anything' : `${type}${limitWords(schema)}`;
}

const either = (types: readonly string[]): string => [...new Set(types)].join(' or ');

function listWords({ items, minItems = 0 }: JsonSchema): string {
  const each = typeWords(asSchema(items));
  return `list${each === 'anything' ? '' : ` of ${each}`}${minItems > 0 ? ', not empty' : ''}`;
}

function limitWords({ minimum, maximum, pattern }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  return pattern === undefined ? '' : `, ${code(pattern)}`;
}

/** A component's name as a link to its place on the page. */
export function linkTo(ref: string): string {
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  return `[${name}](#${name.toLowerCase()})`;
}

const code = (text: string): string => `\`${text}\``;

/** A schema may also be true or false, which says nothing that a page could. */
const asSchema = (value: unknown): JsonSchema => (typeof value === 'object' ? { ...value } : {});

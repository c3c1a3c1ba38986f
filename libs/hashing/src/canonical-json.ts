import { jsonWithSource } from './json-with-source.ts';

const nothing: ReadonlySet<string> = new Set();

/**
 * The canonical text of a value from `parseJson`: no white space, names sorted by UTF-16 code unit at every level, raw
 * numbers as they were written. `omit` names are left out of the outermost object only.
 *
 * The text is written directly: sorting into a clone would lose a `__proto__` name and put integer-like names first.
 */
export function canonicalJson(
  value: unknown,
  { omit = nothing }: { readonly omit?: ReadonlySet<string> } = {},
): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return arrayText(value);
  if (jsonWithSource.isRawJSON(value)) return value.rawJSON;
  return objectText(value as Record<string, unknown>, omit);
}

function arrayText(values: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ',';
    text += canonicalJson(values[index]);
  }
  return text + ']';
}

function objectText(object: Readonly<Record<string, unknown>>, omit: ReadonlySet<string>): string {
  let text = '{';
  for (const name of Object.keys(object).sort()) {
    if (omit.has(name)) continue;
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(name)}:${canonicalJson(object[name])}`;
  }
  return text + '}';
}

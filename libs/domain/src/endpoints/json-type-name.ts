/** The name that OpenAI's error messages use for a value's type. */
export function jsonTypeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return isNumberText(value) ? 'a number' : 'an object';
  return `a ${typeof value}`;
}

/** Numbers too long for a double come from the parser as frozen objects (`JSON.rawJSON`). */
const isNumberText = (value: object): boolean => Object.isFrozen(value) && 'rawJSON' in value;

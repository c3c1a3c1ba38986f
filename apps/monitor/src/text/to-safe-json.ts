// JSON escapes the control characters up to 1F; these a terminal may take for commands, too.
const others = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;

/** JSON on one line that says what the value says and does nothing to a terminal. */
export function toSafeJson(value: unknown): string {
  return JSON.stringify(value).replace(others, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** A name of a file as a problem may show it: whoever took a field for the place of a key must not find that in the log. */
export function shownName(name: PropertyKey, longest: number): string {
  const text = String(name);
  const isName = text.length <= longest && /^[\w.:/-]+$/.test(text) && !/^sk-/i.test(text);
  return typeof name === 'number' || isName ? text : '(not shown)';
}

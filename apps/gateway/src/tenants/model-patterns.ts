/** Tells whether one of the patterns covers a model, `*` standing for any characters; without patterns every model is covered. */
export function modelPatterns(patterns: readonly string[] | undefined): (model: string) => boolean {
  if (patterns === undefined) return () => true;
  const split = patterns.map((pattern) => pattern.split('*'));
  return (model) => split.some((parts) => covers(parts, model));
}

/** No regular expression: several stars in one would take time that the pattern's author did not expect. */
function covers([first = '', ...rest]: readonly string[], model: string): boolean {
  const last = rest.pop();
  if (last === undefined) return model === first;
  if (!model.startsWith(first) || !model.endsWith(last)) return false;
  const end = model.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = model.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= end;
}

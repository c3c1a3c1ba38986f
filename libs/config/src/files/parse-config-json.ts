/** Parses JSON; the problem tells where it breaks off and shows nothing of it, as the parser's own message does. */
export function parseConfigJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const [, position] = /at position (\d+)/.exec(String(error)) ?? [];
    if (position === undefined) return { problem: 'is not JSON' };
    const before = text.slice(0, Number(position)).split('\n');
    return { problem: `is not JSON from line ${before.length}, column ${(before.at(-1) ?? '').length + 1}` };
  }
}

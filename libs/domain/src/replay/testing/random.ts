/** Small deterministic generator (xorshift): a failure can be repeated from its seed. Gives whole numbers below a bound. */
export function seeded(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const snippets = [
  'a',
  ' the',
  '\n',
  '"',
  '\\',
  '\u2028',
  'é',
  'е́',
  '你好',
  '😀',
  '👩‍👩‍👧',
  '𝒳𝒴',
  '\ud83d',
  '\ude00',
  '\u0000',
  'data: [DONE]',
];

/** A text of odd characters, lone surrogates included, of up to `most` snippets. */
export function randomText(pick: (below: number) => number, most: number): string {
  return Array.from({ length: pick(most) }, () => snippets[pick(snippets.length)] ?? '').join('');
}

import { formatGroup, parseGroup, type GroupId, type RequestKey } from '@batch-gpt/contracts';

/*
 * The provider refused a whole file and named no line. Its batch is given up with depth + 1 and its rows go back with
 * that many leading bits of their keys in their group, so that the halves meet separately until a bad line is alone.
 */

/** The group in which a row waits after its batch was given up at `depth`; depth 0 is the ordinary group. */
export function splitGroup(group: GroupId, key: RequestKey, depth: number): GroupId {
  return formatGroup({ ...parseGroup(group), split: leadingBits(key, depth) });
}

/** Keys are 256 bits; halving deeper than this cannot separate two different keys any better. */
export const maxSplitDepth = 64;

function leadingBits(key: RequestKey, depth: number): string {
  const digits = key.slice(0, Math.ceil(Math.min(depth, maxSplitDepth) / 4));
  const bits = Array.from(digits, (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  return bits.slice(0, Math.min(depth, maxSplitDepth));
}

/** A bar of blocks, `width` characters in any case: how much of `whole` is `part`. */
export function bar(part: number, whole: number, width: number): string {
  const room = Math.max(0, Math.floor(width));
  const share = whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole));
  // Full only when it is: what is almost done looks almost done.
  const full = share === 1 ? room : Math.min(Math.max(0, room - 1), Math.round(share * room));
  return '█'.repeat(full) + '░'.repeat(room - full);
}

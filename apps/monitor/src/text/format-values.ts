/** A count, in full up to 9,999 and then in thousands or millions: `1,204`, `12.3k`, `4.5M`. */
export function formatCount(count: number): string {
  if (count < 10_000) return count.toLocaleString('en-US');
  if (count < 999_950) return `${(count / 1000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** US dollars, small ones with more digits. */
export function formatDollars(dollars: number): string {
  const size = Math.abs(dollars);
  return `${dollars < 0 ? '-' : ''}$${size.toFixed(size < 1 ? 4 : 2)}`;
}

/** How many a minute: `3.2/min`. */
export function formatRate(perMinute: number | null): string {
  return perMinute === null
    ? '-'
    : `${perMinute < 100 ? perMinute.toFixed(1) : formatCount(Math.round(perMinute))}/min`;
}

/** Unix seconds as a time of the day in UTC: `18:37:04`. */
export const formatClock = (at: number): string => isoOf(at).slice(11, 19);

/** Unix seconds as day and time in UTC: `2026-11-24 18:37:04`. */
export const formatMoment = (at: number): string => isoOf(at).slice(0, 19).replace('T', ' ');

/** The beginning of a long id, enough to tell it from its neighbours. */
export const shortId = (id: string): string => id.replace(/^batch_/, '').slice(0, 8);

/** A percentage of the whole, 0 for the whole of nothing. */
export const percentOf = (part: number, whole: number): number =>
  whole <= 0 ? 0 : Math.floor((100 * Math.min(part, whole)) / whole);

const isoOf = (at: number): string => new Date(Math.min(at, latest) * 1000).toISOString();

/** The last second that a Date can hold with a year of four digits. */
const latest = 253_402_300_799;

/** A whole number with its thousands apart: `1,204`. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** US dollars, small ones with more digits: `$12.40`, `$0.0031`. */
export function formatDollars(dollars: number | null): string {
  if (dollars === null) return 'unknown';
  const size = Math.abs(dollars);
  const digits = size !== 0 && size < 1 ? 4 : 2;
  const text = size.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${dollars < 0 ? '−' : ''}$${text}`;
}

/** How many a minute: `3.2/min`. */
export function formatRate(perMinute: number | null): string {
  if (perMinute === null) return '–';
  return `${perMinute < 100 ? perMinute.toFixed(1) : formatCount(Math.round(perMinute))}/min`;
}

/** A share of the whole as a percentage; 0% of nothing. */
export const formatShare = (share: number): string => `${Math.round(100 * share)}%`;

/** Bytes as people read them: `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Unix seconds as day and time where the reader is. */
export const formatMoment = (at: number): string =>
  new Date(at * 1000).toLocaleString(undefined, {
    ...{ year: 'numeric', month: 'short', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  });

/** Unix seconds as ISO 8601 in UTC. */
export const isoOf = (at: number): string => new Date(at * 1000).toISOString();

/** The beginning of a long id, enough to tell it from its neighbours. */
export const shortId = (id: string): string => {
  const bare = id.replace(/^batch_/, '');
  return bare.length > 12 ? `${bare.slice(0, 12)}…` : bare;
};

/** What an event of a timeline is called. */
export const eventName = (event: string): string =>
  event
    .replace(/^provider\./, '')
    .replace(/^batch\./, '')
    .replaceAll('_', ' ');

/** Whose event it is. */
export function eventOwner(event: string): 'request' | 'batch' | 'provider' {
  if (event.startsWith('provider.')) return 'provider';
  return event.startsWith('batch.') ? 'batch' : 'request';
}

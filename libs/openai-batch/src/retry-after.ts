const second = 1000;
const fallback = 5 * second;
const longest = 600 * second;

/**
 * How long a 429 asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date,
 * else 5 s; never more than 10 minutes.
 */
export function retryAfter(headers: Pick<Headers, 'get'>, now: () => number = Date.now): number {
  const waits = [
    number(headers.get('retry-after-ms')),
    number(headers.get('retry-after')) * second,
    Date.parse(headers.get('retry-after') ?? '') - now(),
  ];
  const told = waits.find((wait) => Number.isFinite(wait) && wait > 0);
  return Math.min(told ?? fallback, longest);
}

function number(text: string | null): number {
  return text === null || text.trim() === '' ? Number.NaN : Number(text);
}

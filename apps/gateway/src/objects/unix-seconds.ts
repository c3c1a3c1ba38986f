/** Milliseconds since the epoch as OpenAI's objects write them. */
export const unixSeconds = (ms: number): number => Math.floor(ms / 1000);

/** Milliseconds since the epoch as the operator API writes them: seconds, and a fraction. */
export const seconds = (ms: number): number => ms / 1000;

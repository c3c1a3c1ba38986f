/** So many calls a minute. */
export interface CallRate {
  /** Whose calls: a tenant, or one of its keys. */
  readonly name: string;
  readonly perMinute: number;
}

export interface GrantedCalls {
  readonly granted: number;
  /** Milliseconds until there is one more. */
  readonly pause: number;
  /** How many could still be taken, the one that is filling up included; 0 or more. */
  readonly left: number;
}

/**
 * Rates that all processes share, each a bucket that starts full and fills evenly. While they cannot be shared each
 * process counts by itself; never rejects.
 */
export interface CallRates {
  /** Takes as many calls as there are, `wanted` at most. */
  take(rate: CallRate, wanted: number): Promise<GrantedCalls>;
}

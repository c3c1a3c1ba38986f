import type { FailureCause } from '@batch-gpt/domain';

/** Whether the account may create batches; a provider's 401, 403, quota or billing answer parks it for a while. */
export interface ParkedAccount {
  park(cause: FailureCause): void;
  /** What parked it, and for how many more milliseconds; null while it may create. */
  parked(): { readonly cause: FailureCause; readonly remaining: number } | null;
}

/** One account's parking meter; every `park` starts `parkFor` milliseconds anew. */
export function createParkedAccount(monotonic: () => number, parkFor: number): ParkedAccount {
  let current: { readonly cause: FailureCause; readonly until: number } | null = null;
  return {
    park: (cause) => {
      current = { cause, until: monotonic() + parkFor };
    },
    parked: () => {
      if (current === null) return null;
      const remaining = current.until - monotonic();
      return remaining > 0 ? { cause: current.cause, remaining } : null;
    },
  };
}

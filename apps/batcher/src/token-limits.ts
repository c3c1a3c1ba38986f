import type { AccountId } from '@batch-gpt/contracts';

/** How many prompt tokens an account may have enqueued for a model. */
export interface TokenLimits {
  /** Null where no limit is known. */
  of(account: AccountId, model: string): number | null;
  /** Remembers a limit that the provider named when it refused. */
  learn(account: AccountId, model: string, limit: number): void;
}

/** What token limits are made of. */
export interface TokenLimitsDeps {
  /** The limit that somebody set, or null. */
  readonly configured: (account: AccountId, model: string) => number | null;
  readonly monotonic: () => number;
}

/** A limit is raised with an account's usage: what was learned is asked for again. */
const believedFor = 3_600_000;
const most = 1000;

/** Limits that are configured, or learned from refusals in the last hour; where there are two, the lower. */
export function createTokenLimits({ configured, monotonic }: TokenLimitsDeps): TokenLimits {
  const learned = new Map<string, { readonly limit: number; readonly at: number }>();
  const nameOf = (account: AccountId, model: string) => `${account}|${model}`;

  const learnedLimit = (name: string): number | null => {
    const known = learned.get(name);
    if (known === undefined) return null;
    if (monotonic() - known.at < believedFor) return known.limit;
    learned.delete(name);
    return null;
  };

  return {
    of: (account, model) => {
      const limits = [configured(account, model), learnedLimit(nameOf(account, model))];
      const known = limits.filter((limit) => limit !== null);
      return known.length === 0 ? null : Math.min(...known);
    },
    learn: (account, model, limit) => {
      const name = nameOf(account, model);
      learned.delete(name);
      learned.set(name, { limit, at: monotonic() });
      const [oldest] = learned.keys();
      if (learned.size > most && oldest !== undefined) learned.delete(oldest);
    },
  };
}

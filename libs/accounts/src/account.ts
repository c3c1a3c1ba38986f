import { type Secret } from '@batch-gpt/config';
import { type AccountId, type TenantId } from '@batch-gpt/contracts';

/** What opens an account at the provider, and where. */
export interface Credentials {
  readonly apiKey: Secret;
  /** Without a trailing slash, for example `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly organization: string | null;
  readonly project: string | null;
}

/** One provider account. */
export interface Account {
  readonly name: AccountId;
  /** Null where this process was given no key: it can name the account and not use it. */
  readonly credentials: Credentials | null;
  readonly tenants: readonly TenantId[];
  /** Whether it pays for every tenant that no account names. */
  readonly fallback: boolean;
  /** Signs the webhooks of this account's project. */
  readonly webhookSecret: Secret | null;
  /** Batches that may be created in an hour; null: as configured for all. */
  readonly creationsPerHour: number | null;
  /** Prompt tokens that may be enqueued at a time, by model; models without an entry: as configured for all. */
  readonly enqueuedTokenLimits: ReadonlyMap<string, number>;
}

/** Whether two credentials lead to the same place, as far as they say: a key alone may belong to another project. */
export function samePlace(a: Credentials, b: Credentials): boolean {
  return a.baseUrl === b.baseUrl && a.organization === b.organization && a.project === b.project;
}

/** Whether two accounts are opened in the same way. */
export function sameCredentials(a: Credentials | null, b: Credentials | null): boolean {
  if (a === null || b === null) return a === b;
  return a.apiKey.reveal() === b.apiKey.reveal() && samePlace(a, b);
}

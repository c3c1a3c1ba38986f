import { sameCredentials, type Accounts, type Credentials } from '@batch-gpt/accounts';
import type { AccountId } from '@batch-gpt/contracts';
import type { BatchProvider, ProviderOf } from '@batch-gpt/domain';
import type { Logger } from '@batch-gpt/logging';
import { createOpenAiBatchProvider } from './create-openai-batch-provider.ts';
import type { ProviderTimeouts } from './timeouts.ts';

/** What a pool of providers needs. */
export interface ProviderPoolOptions {
  /** The accounts as they are now. */
  readonly accounts: Pick<Accounts, 'byName'>;
  readonly logger: Logger;
  readonly timeouts?: Partial<ProviderTimeouts>;
}

/** One provider for each account that is asked for. */
export interface ProviderPool extends AsyncDisposable {
  /** Made when it is first asked for and again when the account's credentials change; null without credentials. */
  readonly providerOf: ProviderOf;
}

type Provider = BatchProvider & AsyncDisposable;

/** Providers of former credentials that may still answer a call; the oldest is ended when there are more. */
const formerKept = 100;

/** Creates the pool; disposing it ends the calls of all its providers. */
export function createProviderPool({ accounts, logger, timeouts = {} }: ProviderPoolOptions): ProviderPool {
  const open = new Map<AccountId, { readonly credentials: Credentials; readonly provider: Provider }>();
  const former: Provider[] = [];

  // A call that runs is not broken off: whether a create happened is worth more than the old credentials are harm.
  const retire = async (account: AccountId): Promise<void> => {
    const entry = open.get(account);
    if (entry === undefined) return;
    open.delete(account);
    former.push(entry.provider);
    if (former.length > formerKept) await former.shift()?.[Symbol.asyncDispose]();
  };

  return {
    providerOf: (account) => {
      const credentials = accounts.byName(account)?.credentials ?? null;
      const known = open.get(account);
      if (known !== undefined && sameCredentials(known.credentials, credentials)) return known.provider;
      void retire(account);
      if (credentials === null) return null;
      const provider = createOpenAiBatchProvider({ ...credentials, logger, timeouts });
      open.set(account, { credentials, provider });
      return provider;
    },
    [Symbol.asyncDispose]: async () => {
      const all = [...former.splice(0), ...[...open.values()].map(({ provider }) => provider)];
      open.clear();
      await Promise.all(all.map((provider) => provider[Symbol.asyncDispose]()));
    },
  };
}

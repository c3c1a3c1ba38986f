/*
 * The accounts as they are now. The file is read again every few seconds and compared by content, because a mounted
 * secret changes by a link that is put in place of another, which file events do not show.
 *
 *   same content        ─▶ nothing
 *   new, good content   ─▶ in use from now on; an account that is gone is unknown
 *   new, bad content    ─▶ an error in the log, once; the accounts stay as they were
 */
import { type AccountsSource } from '@batch-gpt/config';
import { createInterval } from '@batch-gpt/lifecycle';
import { type Logger } from '@batch-gpt/logging';
import { type Account, sameCredentials, samePlace } from './account.ts';
import { createAccounts, type Accounts } from './create-accounts.ts';
import { accountsInvalid } from './load-accounts.ts';
import { readAccounts } from './read-accounts.ts';

/** The accounts of a deployment, always those of the last good content. */
export interface WatchedAccounts extends Accounts, AsyncDisposable {
  /** Looks at the file now; resolves when what it says is in use. */
  reload(): Promise<void>;
}

/** Reads the accounts and keeps them current. Rejects as `loadAccounts` does if they are wrong at the start. */
export async function watchAccounts(source: AccountsSource, logger: Logger): Promise<WatchedAccounts> {
  const first = await readAccounts(source);
  if (first.problems.length > 0) throw accountsInvalid(first.problems);
  if (first.shadowed.length > 0) {
    logger.warn('the accounts file has the account of the variables, which are not used', {
      account: first.shadowed[0],
    });
  }
  let current = createAccounts(first.accounts);
  let seen = first.digest;

  const reload = async () => {
    const read = await readAccounts(source);
    if (read.digest === seen) return;
    seen = read.digest;
    if (read.problems.length > 0) {
      logger.error('the accounts file has become invalid, the accounts stay as they were', {
        err: accountsInvalid(read.problems),
      });
      return;
    }
    const before = current;
    current = createAccounts(read.accounts);
    logger.info('accounts read again', changesBetween(before, current));
    const moved = namesOfMoved(before, current);
    if (moved.length > 0) {
      logger.warn('accounts lead elsewhere now, their open batches may not be found there', { accounts: moved });
    }
  };
  const looking = source.file === null ? null : createInterval(reload, source.reloadEvery, logger, { unref: true });
  return {
    get all() {
      return current.all;
    },
    accountOf: (tenant) => current.accountOf(tenant),
    byName: (name) => current.byName(name),
    reload,
    [Symbol.asyncDispose]: async () => {
      await looking?.[Symbol.asyncDispose]();
    },
  };
}

/** A create in doubt is looked for with the account's present credentials: what they do not show is sent again. */
function namesOfMoved(before: Accounts, after: Accounts) {
  const moved = after.all.filter(({ name, credentials }) => {
    const old = before.byName(name)?.credentials ?? null;
    return old !== null && credentials !== null && !samePlace(old, credentials);
  });
  return moved.map(({ name }) => name);
}

function changesBetween(before: Accounts, after: Accounts) {
  const namesWhere = (accounts: Accounts, test: (account: Account) => boolean) =>
    accounts.all.filter(test).map(({ name }) => name);
  return {
    accounts: after.all.length,
    added: namesWhere(after, ({ name }) => before.byName(name) === null),
    removed: namesWhere(before, ({ name }) => after.byName(name) === null),
    newCredentials: namesWhere(after, ({ name, credentials }) => {
      const old = before.byName(name);
      return old !== null && !sameCredentials(old.credentials, credentials);
    }),
  };
}

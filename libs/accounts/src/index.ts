export { type Account, type Credentials, sameCredentials } from './account.ts';
export { type Accounts, createAccounts } from './create-accounts.ts';
export { loadAccounts } from './load-accounts.ts';
export { watchAccounts, type WatchedAccounts } from './watch-accounts.ts';

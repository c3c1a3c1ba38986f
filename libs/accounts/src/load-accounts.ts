import { type AccountsSource } from '@batch-gpt/config';
import { AppError } from '@batch-gpt/errors';
import { createAccounts, type Accounts } from './create-accounts.ts';
import { type Problem } from './problem.ts';
import { readAccounts } from './read-accounts.ts';

/** Reads the accounts once. Throws one `config_invalid` with every problem and its path, and never a value. */
export async function loadAccounts(source: AccountsSource): Promise<Accounts> {
  const { accounts, problems } = await readAccounts(source);
  if (problems.length > 0) throw accountsInvalid(problems);
  return createAccounts(accounts);
}

/** All problems in one error, a line each, as the configuration's own. */
export function accountsInvalid(found: readonly Problem[]): AppError {
  const problems = found.map(({ path, message }) =>
    path === '' ? `OPENAI_ACCOUNTS_FILE: ${message}` : `OPENAI_ACCOUNTS_FILE: ${path}: ${message}`,
  );
  const lines = problems.map((problem) => `  ${problem}`).join('\n');
  return new AppError('config_invalid', `The configuration is not valid:\n${lines}`, { details: { problems } });
}

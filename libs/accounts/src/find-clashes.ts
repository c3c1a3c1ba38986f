import { type Account } from './account.ts';
import { type Problem } from './problem.ts';

/** What is wrong between accounts: two of one name, a tenant of two, two fallbacks, or nobody who would pay. */
export function findClashes(accounts: readonly Account[]): readonly Problem[] {
  const problems: Problem[] = [];
  const names = new Map<string, number>();
  const tenants = new Map<string, number>();
  const claim = (taken: Map<string, number>, text: string, index: number, path: string, what: string) => {
    const first = taken.get(text);
    if (first === undefined) taken.set(text, index);
    else problems.push({ path, message: `${what} accounts.${first}, too` });
  };
  for (const [index, account] of accounts.entries()) {
    claim(names, account.name, index, `accounts.${index}.name`, 'is the name of');
    for (const [position, tenant] of account.tenants.entries()) {
      claim(tenants, tenant, index, `accounts.${index}.tenants.${position}`, 'is a tenant of');
    }
  }
  const fallbacks = accounts.flatMap(({ fallback }, index) => (fallback ? [index] : []));
  for (const index of fallbacks.slice(1)) {
    problems.push({
      path: `accounts.${index}.fallback`,
      message: `accounts.${fallbacks[0] ?? 0} is the fallback, too`,
    });
  }
  if (fallbacks.length === 0 && tenants.size === 0) {
    problems.push({ path: 'accounts', message: 'no account has tenants or is the fallback, so nobody could use any' });
  }
  return problems;
}

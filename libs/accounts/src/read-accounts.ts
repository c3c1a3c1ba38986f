/*
 * From variables and file to accounts.
 *
 *   no file                  ─▶ the account of the variables, and it is the fallback
 *   file                     ─▶ its accounts
 *   file and OPENAI_API_KEY  ─▶ both; where the file has an account of that name, the file's
 *
 * One account may be the fallback: the one that says so; else the account of the variables; else the only account there
 * is, if it names no tenants.
 */
import { dirname, resolve } from 'node:path';
import { createHash, type Hash } from 'node:crypto';
import {
  type AccountsSource,
  type ConfigText,
  parseConfigJson,
  readConfigText,
  Secret,
  webhookSecretProblem,
} from '@batch-gpt/config';
import { accountId, tenantId, type AccountId } from '@batch-gpt/contracts';
import { type Account } from './account.ts';
import { type AccountEntry, accountsFile } from './accounts-file.ts';
import { findClashes } from './find-clashes.ts';
import { type Problem, problemsOf } from './problem.ts';

const largestFile = 4 * 1024 * 1024;
const largestSecret = 64 * 1024;
const providerUrl = 'https://api.openai.com/v1';

/** Everything that was read, once: its accounts, or everything that is wrong with it. */
export interface ReadAccounts {
  /** Changes when anything that was read has changed; says nothing of it. */
  readonly digest: string;
  readonly accounts: readonly Account[];
  /** Names of accounts that the variables describe in vain, because the file has them too. */
  readonly shadowed: readonly AccountId[];
  readonly problems: readonly Problem[];
}

/** Reads the accounts; never throws for what the file holds. */
export async function readAccounts(source: AccountsSource): Promise<ReadAccounts> {
  const digest = createHash('sha256');
  const problems: Problem[] = [];
  const inFile = source.file === null ? [] : await readFileOf(source, source.file, digest, problems);
  const single = singleOf(source);
  const isShadowed = single !== null && inFile.some(({ name }) => name === single.name);
  const accounts = withFallback(single === null || isShadowed ? inFile : [...inFile, single], single);
  if (problems.length === 0) problems.push(...findClashes(accounts));
  return {
    digest: digest.digest('hex'),
    accounts: problems.length === 0 ? accounts : [],
    shadowed: isShadowed ? [single.name] : [],
    problems,
  };
}

/** Beside a file the variables describe an account only if they hold its key. */
function singleOf({ single: { name, apiKey, baseUrl }, file }: AccountsSource): Account | null {
  if (apiKey === null && file !== null) return null;
  const credentials = apiKey === null ? null : { apiKey, baseUrl, organization: null, project: null };
  return { ...bare, name: accountId.parse(name), credentials };
}

const bare = {
  tenants: [],
  fallback: false,
  webhookSecret: null,
  creationsPerHour: null,
  enqueuedTokenLimits: new Map<string, number>(),
} as const;

async function readFileOf(
  source: AccountsSource,
  file: string,
  digest: Hash,
  problems: Problem[],
): Promise<readonly Account[]> {
  const read = await readConfigText(file, largestFile);
  see(digest, read);
  if (!('text' in read)) {
    problems.push({ path: '', message: `the file ${read.problem}` });
    return [];
  }
  const json = parseConfigJson(read.text);
  if ('problem' in json) {
    problems.push({ path: '', message: `the file ${json.problem}` });
    return [];
  }
  const parsed = accountsFile.safeParse(json.value);
  if (!parsed.success) {
    problems.push(...problemsOf(parsed.error));
    return [];
  }
  const secretOf = secretReader(dirname(resolve(file)), source.keys, digest, problems);
  const accounts: Account[] = [];
  for (const [index, entry] of parsed.data.accounts.entries()) {
    const apiKey = await secretOf(entry, 'apiKey', `accounts.${index}`);
    const webhookSecret = await secretOf(entry, 'webhookSecret', `accounts.${index}`);
    const message = webhookSecret === null ? null : webhookSecretProblem(webhookSecret);
    if (message !== null) problems.push({ path: `accounts.${index}.webhookSecret`, message });
    accounts.push(accountOf(entry, apiKey, webhookSecret));
  }
  return accounts;
}

/** Every text with its length, so that no two contents look alike. */
function see(digest: Hash, read: ConfigText): void {
  const seen = 'text' in read ? read.text : read.problem;
  digest.update(`${seen.length}:${seen}`);
}

type SecretField = 'apiKey' | 'webhookSecret';

/** Takes a secret from the entry or from the file that it names, relative to the accounts' own file. */
function secretReader(folder: string, keys: AccountsSource['keys'], digest: Hash, problems: Problem[]) {
  return async (entry: AccountEntry, field: SecretField, at: string): Promise<Secret | null> => {
    const report = (name: string, message: string) => {
      problems.push({ path: `${at}.${name}`, message });
      return null;
    };
    const [inline, path] = [entry[field], entry[`${field}File`]];
    if (inline !== undefined && path !== undefined)
      return report(field, `is set together with ${field}File, use one of them`);
    if (inline !== undefined) return new Secret(inline);
    const isOptional = field === 'webhookSecret' || keys === 'optional';
    if (path === undefined) return isOptional ? null : report(field, `is required (or ${field}File)`);
    const read = await readConfigText(resolve(folder, path), largestSecret);
    see(digest, read);
    // A process that needs no keys may be given the accounts without the files that hold them.
    if ('problem' in read)
      return read.missing && keys === 'optional' ? null : report(`${field}File`, `the file ${read.problem}`);
    const text = read.text.trim();
    if (!/^[\x21-\x7e]{1,1024}$/.test(text))
      return report(`${field}File`, 'the file must hold one line of ASCII without spaces');
    return new Secret(text);
  };
}

function accountOf(entry: AccountEntry, apiKey: Secret | null, webhookSecret: Secret | null): Account {
  const baseUrl = (entry.baseUrl ?? providerUrl).replace(/\/+$/, '');
  const { organization = null, project = null } = entry;
  return {
    name: accountId.parse(entry.name),
    credentials: apiKey === null ? null : { apiKey, baseUrl, organization, project },
    tenants: (entry.tenants ?? []).map((tenant) => tenantId.parse(tenant)),
    fallback: entry.fallback ?? false,
    webhookSecret,
    creationsPerHour: entry.creationsPerHour ?? null,
    enqueuedTokenLimits: new Map(Object.entries(entry.enqueuedTokenLimits ?? {})),
  };
}

function withFallback(accounts: readonly Account[], single: Account | null): readonly Account[] {
  if (accounts.some(({ fallback }) => fallback)) return accounts;
  const only = accounts.length === 1 && accounts[0]?.tenants.length === 0 ? accounts[0] : null;
  const chosen = accounts.find((account) => account === single) ?? only;
  return accounts.map((account) => (account === chosen ? { ...account, fallback: true } : account));
}

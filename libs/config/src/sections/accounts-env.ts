import { type Secret } from '../secret.ts';
import { section } from '../section.ts';
import { durationMs, orNull, secret, text, url } from '../variables.ts';

/** The account that the variables describe. */
export interface AccountInVariables {
  readonly name: string;
  /** Null where the process was given none. */
  readonly apiKey: Secret | null;
  readonly baseUrl: string;
}

/** Where a service's provider accounts come from. */
export interface AccountsSource {
  readonly single: AccountInVariables;
  /** Path of a file with more of them, or null. */
  readonly file: string | null;
  /** Milliseconds between two looks at the file. */
  readonly reloadEvery: number;
  /** Whether an account is of use without its key. */
  readonly keys: 'required' | 'optional';
}

/**
 * The provider accounts that pay: `OPENAI_API_KEY` is one, `OPENAI_ACCOUNTS_FILE` names a file of several. With
 * `keys: 'optional'` a service that only needs their names may run without either.
 */
export const accountsEnv = (keys: AccountsSource['keys']) =>
  section(
    {
      OPENAI_API_KEY: orNull(secret()),
      OPENAI_BASE_URL: url(['https:', 'http:']).default('https://api.openai.com/v1'),
      OPENAI_ACCOUNT: text()
        .regex(/^[\w-]{1,40}$/, 'must be letters, digits, _ and - only, at most 40')
        .default('default'),
      OPENAI_ACCOUNTS_FILE: orNull(text()),
      OPENAI_ACCOUNTS_RELOAD_MS: durationMs({ max: 3_600_000, default: 10_000 }),
    },
    (env, problem): AccountsSource => {
      if (keys === 'required' && env.OPENAI_API_KEY === null && env.OPENAI_ACCOUNTS_FILE === null) {
        problem('OPENAI_API_KEY', 'is required (or OPENAI_ACCOUNTS_FILE)');
      }
      return {
        single: { name: env.OPENAI_ACCOUNT, apiKey: env.OPENAI_API_KEY, baseUrl: env.OPENAI_BASE_URL },
        file: env.OPENAI_ACCOUNTS_FILE,
        reloadEvery: env.OPENAI_ACCOUNTS_RELOAD_MS,
        keys,
      };
    },
  );

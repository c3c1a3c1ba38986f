import { section } from '../section.ts';
import { secret, text, url } from '../variables.ts';

/** The provider account that pays: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, and `OPENAI_ACCOUNT`, our name for it. */
export const providerEnv = section(
  {
    OPENAI_API_KEY: secret(),
    OPENAI_BASE_URL: url(['https:', 'http:']).default('https://api.openai.com/v1'),
    OPENAI_ACCOUNT: text()
      .regex(/^[\w-]{1,40}$/, 'must be letters, digits, _ and - only, at most 40')
      .default('default'),
  },
  (env) => ({ apiKey: env.OPENAI_API_KEY, baseUrl: env.OPENAI_BASE_URL, account: env.OPENAI_ACCOUNT }),
);

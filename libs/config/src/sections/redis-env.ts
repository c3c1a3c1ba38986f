import { section } from '../section.ts';
import { decodes, secretUrl } from '../variables.ts';

/** `REDIS_URL`: redis:// or rediss://, odd characters of a password percent-encoded. */
export const redisEnv = section({ REDIS_URL: secretUrl(problemOfRedisUrl) }, (env) => ({ url: env.REDIS_URL }));

const FORM = 'must look like redis://user:password@host:6379/0, with percent-encoded user and password';

function problemOfRedisUrl(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return FORM;
  // A raw / ? or # in a password ends the host early, and what follows lands in these.
  if (!/^\/?\d{0,3}$/.test(url.pathname) || url.hash !== '' || url.search.includes('@')) return FORM;
  return decodes(url.username) && decodes(url.password) ? null : FORM;
}

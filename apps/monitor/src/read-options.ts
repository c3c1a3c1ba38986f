import { defineConfig, loadConfig, orNull, secret, section } from '@batch-gpt/config';
import { AppError } from '@batch-gpt/errors';
import { parseArgs } from 'node:util';

/** What the monitor is asked to do. */
export interface Options {
  readonly url: string;
  /** The admin token; null: the gateway answers its own machine without one. */
  readonly token: string | null;
  readonly once: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = `npm run monitor -- [--url http://127.0.0.1:8080] [--once] [--json]

  --url    where the gateway is; without it the system that runs here (npm start)
  --once   say how things are and end
  --json   snapshots as JSON, one a line

The admin token is read from ADMIN_TOKEN, or from the file that ADMIN_TOKEN_FILE names.`;

const schema = defineConfig({
  operator: section({ ADMIN_TOKEN: orNull(secret()) }, ({ ADMIN_TOKEN }) => ({ token: ADMIN_TOKEN })),
});

const options = {
  url: { type: 'string' },
  once: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads arguments and environment; throws AppError `config_invalid` with what is wrong. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { url = defaultUrl, once, json, help } = parse(args);
  const { operator } = loadConfig(schema, env);
  return { url: readUrl(url), token: operator.token?.reveal() ?? null, once, json, help };
}

const defaultUrl = 'http://127.0.0.1:8080';

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('config_invalid', `${reason}\n\n${usage}`, { cause });
  }
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new AppError('config_invalid', '--url: expected http:// or https:// and a host');
  }
  // The command line is there for every user of the machine to read.
  if (url.username !== '' || url.password !== '') {
    throw new AppError('config_invalid', '--url: no secrets here, the token is read from ADMIN_TOKEN');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

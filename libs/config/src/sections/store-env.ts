import { Secret } from '../secret.ts';
import { type ReportProblem, section } from '../section.ts';
import { decodes, orNull, port, secret, secretUrl, text } from '../variables.ts';

/** Where the system of record is. */
export type StoreConfig =
  | { readonly kind: 'mongo'; readonly url: Secret; readonly database: string }
  | { readonly kind: 'sqlite'; readonly path: string };

const DEFAULT_DATABASE = 'batch_gpt';
const WAYS = ['MONGODB_URL', 'MONGO_HOST', 'SQLITE_PATH'] as const;
const PARTS = ['MONGO_PORT', 'MONGO_USER', 'MONGO_PASSWORD'] as const;

const variables = {
  MONGODB_URL: orNull(secretUrl(problemOfMongoUrl)),
  MONGO_HOST: orNull(text().regex(/^(?:[\w.-]+|\[[\da-f:.]+\])$/i, 'must be one host name or address, without port')),
  MONGO_PORT: orNull(port()),
  MONGO_USER: orNull(text()),
  MONGO_PASSWORD: orNull(secret()),
  MONGO_DATABASE: orNull(text().regex(/^[\w-]{1,63}$/, 'must be letters, digits, _ and - only, at most 63')),
  SQLITE_PATH: orNull(text()),
};

/** Exactly one of `MONGODB_URL`, `MONGO_HOST` with its parts, or `SQLITE_PATH`. */
export const storeEnv = section(variables, (env, problem): StoreConfig => {
  const ways = WAYS.filter((name) => env[name] !== null);
  if (ways.length === 0) problem('MONGODB_URL', `is required (or ${WAYS.slice(1).join(' or ')})`);
  if (ways.length > 1) problem(ways[1] ?? WAYS[1], `is set together with ${ways[0] ?? WAYS[0]}, use one of them`);
  checkParts(env, problem);

  if (env.SQLITE_PATH !== null) return { kind: 'sqlite', path: env.SQLITE_PATH };
  if (env.MONGODB_URL === null)
    return { kind: 'mongo', url: urlOf(env), database: env.MONGO_DATABASE ?? DEFAULT_DATABASE };
  const inUrl = databaseIn(env.MONGODB_URL.reveal());
  return { kind: 'mongo', url: env.MONGODB_URL, database: env.MONGO_DATABASE ?? inUrl ?? DEFAULT_DATABASE };
});

interface Parts {
  readonly MONGO_HOST: string | null;
  readonly MONGO_PORT: number | null;
  readonly MONGO_USER: string | null;
  readonly MONGO_PASSWORD: Secret | null;
}

function checkParts(env: Parts, problem: ReportProblem): void {
  for (const name of PARTS) if (env[name] !== null && env.MONGO_HOST === null) problem(name, 'needs MONGO_HOST');
  if (env.MONGO_USER !== null && env.MONGO_PASSWORD === null) problem('MONGO_PASSWORD', 'is required with MONGO_USER');
  if (env.MONGO_USER === null && env.MONGO_PASSWORD !== null) problem('MONGO_USER', 'is required with MONGO_PASSWORD');
}

// No database in the path: the user is then looked up where MongoDB keeps users by default (admin).
function urlOf({ MONGO_HOST, MONGO_PORT, MONGO_USER, MONGO_PASSWORD }: Parts): Secret {
  const user = encodeURIComponent(MONGO_USER ?? '');
  const password = encodeURIComponent(MONGO_PASSWORD?.reveal() ?? '');
  const login = user === '' ? '' : `${user}:${password}@`;
  return new Secret(`mongodb://${login}${MONGO_HOST ?? ''}:${MONGO_PORT ?? 27_017}/`);
}

// Not for URL.parse: a MongoDB URL may name several hosts.
const MONGO_URL = /^mongodb(?:\+srv)?:\/\/(?:[^/?#@]+@)?[^/?#@]+(?:\/([^/?#@]*))?(?:\?[^#@]*)?$/;

function problemOfMongoUrl(given: string): string | null {
  const form = 'must look like mongodb://user:password@host:27017/database, with percent-encoded user and password';
  return MONGO_URL.test(given) && decodes(given) ? null : form;
}

function databaseIn(mongoUrl: string): string | null {
  const database = MONGO_URL.exec(mongoUrl)?.[1];
  return database === undefined || database === '' ? null : decodeURIComponent(database);
}

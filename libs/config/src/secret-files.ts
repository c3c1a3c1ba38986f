import { readFileSync, statSync } from 'node:fs';

const LARGEST_FILE = 64 * 1024;

/** Flat variables as the process was given them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The variables after secret files were read, and what was wrong with those files by the secret's own name. */
export interface ResolvedEnv {
  readonly given: Env;
  readonly problems: ReadonlyMap<string, string>;
}

/** Takes each named secret from the file that `NAME_FILE` points at; an empty variable counts as unset. */
export function resolveSecretFiles(env: Env, secretNames: Iterable<string>): ResolvedEnv {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const problems = new Map<string, string>();
  for (const name of secretNames) {
    const path = given[`${name}_FILE`];
    if (path === undefined) continue;
    if (given[name] !== undefined) {
      problems.set(name, `${name}: is set together with ${name}_FILE, use one of them`);
      continue;
    }
    const read = readSecret(path);
    if ('text' in read) given[name] = read.text;
    else problems.set(name, `${name}_FILE: ${read.problem}`);
  }
  return { given, problems };
}

function readSecret(path: string): { text: string } | { problem: string } {
  try {
    if (statSync(path).size > LARGEST_FILE) return { problem: `the file is larger than ${LARGEST_FILE} bytes` };
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? { problem: 'the file is empty' } : { text };
  } catch (error) {
    // The code only (ENOENT): the system's message adds nothing but the path.
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
    return { problem: `the file cannot be read (${code})` };
  }
}

import { type z } from 'zod';
import { type ConfigSchema } from './load-config.ts';
import { type Env } from './secret-files.ts';

/** A setting in force, fit to be shown: of a secret only whether it is there. */
export interface SettingInForce {
  readonly name: string;
  /** As it was given, else its default; of a secret `set`. Null: absent. */
  readonly value: string | null;
  /** Whether somebody gave it. */
  readonly given: boolean;
}

const longest = 500;

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** Every setting of a service in order of name, secrets redacted. */
export function describeSettings(schema: ConfigSchema, env: Env): readonly SettingInForce[] {
  const sections = Object.values(schema);
  const secrets = new Set(sections.flatMap(({ secretNames }) => secretNames));
  const variables = new Map(sections.flatMap(({ shape }) => Object.entries(shape)));
  return [...variables].toSorted(byName).map(([name, variable]) => {
    // An empty variable is an absent one.
    const value = env[name] ?? '';
    const file = secrets.has(name) ? (env[`${name}_FILE`] ?? '') : '';
    const given = value !== '' || file !== '';
    if (secrets.has(name)) return { name, value: given ? 'set' : null, given };
    return { name, value: given ? value.slice(0, longest) : defaultOf(variable), given };
  });
}

/** A default as one would write it; null for none. */
function defaultOf(variable: z.ZodType): string | null {
  const { data } = variable.safeParse(undefined);
  if (typeof data === 'boolean') return data ? 'on' : 'off';
  return typeof data === 'string' || typeof data === 'number' ? String(data) : null;
}

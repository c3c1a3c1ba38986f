import { AppError } from '@batch-gpt/errors';
import { type DeepReadonly, deepFreeze } from './deep-freeze.ts';
import { type Env, resolveSecretFiles } from './secret-files.ts';
import { type Section } from './section.ts';

/** A service's configuration by section. */
export type ConfigSchema = Readonly<Record<string, Section<unknown>>>;

/** What `loadConfig` gives for a schema. */
export type ConfigOf<S extends ConfigSchema> = DeepReadonly<{
  [K in keyof S]: S[K] extends Section<infer T> ? T : never;
}>;

/** Names a service's sections and keeps their types. */
export const defineConfig = <const S extends ConfigSchema>(schema: S): S => schema;

/**
 * Parses the environment once and freezes the result. Throws one `config_invalid` whose message has a line
 * `NAME: problem` for every problem of every section, and never a value.
 */
export function loadConfig<const S extends ConfigSchema>(schema: S, env: Env): ConfigOf<S> {
  const secretNames = new Set(Object.values(schema).flatMap((part) => part.secretNames));
  const { given, problems: fileProblems } = resolveSecretFiles(env, secretNames);
  // A set, because sections may share a variable.
  const problems = new Set(fileProblems.values());

  const config: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(schema)) {
    const parsed = part.schema.safeParse(given);
    config[name] = parsed.data;
    for (const { path, message } of parsed.error?.issues ?? []) {
      const variable = path.map(String).join('.');
      if (!fileProblems.has(variable)) problems.add(`${variable}: ${message}`);
    }
  }
  if (problems.size > 0) throw configInvalid([...problems]);
  return deepFreeze(config) as ConfigOf<S>;
}

function configInvalid(problems: readonly string[]): AppError {
  return new AppError(
    'config_invalid',
    `The configuration is not valid:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    {
      details: { problems },
    },
  );
}

import { type ConfigSchema } from '@batch-gpt/config';
import { z } from 'zod';

/** What a setting takes. */
export type SettingKind = 'text' | 'number' | 'switch' | readonly string[];

/** One environment variable of a service. */
export interface Setting {
  readonly name: string;
  readonly kind: SettingKind;
  /** What the service takes when it is absent; null for nothing, or where it does not start then. */
  readonly default: string | number | boolean | null;
  readonly isSecret: boolean;
}

const SWITCH = ['0', '1', 'false', 'off', 'on', 'true'];

/** Every setting that a service reads, by name, as its config schema has it. */
export function readSettings(schema: ConfigSchema): ReadonlyMap<string, Setting> {
  const settings = Object.values(schema).flatMap((section) => {
    const words = wordsOf(section.schema);
    return Object.entries(section.shape).map(([name, variable]): Setting => {
      const isSecret = section.secretNames.includes(name);
      return { name, kind: kindOf(variable, words.get(name)), default: defaultOf(variable), isSecret };
    });
  });
  return new Map(settings.map((setting) => [setting.name, setting]));
}

const enumsSchema = z.object({ properties: z.record(z.string(), z.object({ enum: z.array(z.string()).optional() })) });

function wordsOf(schema: z.ZodType): ReadonlyMap<string, readonly string[]> {
  const { properties } = enumsSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return new Map(Object.entries(properties).map(([name, { enum: words = [] }]) => [name, words]));
}

function kindOf(variable: z.ZodType, words: readonly string[] = []): SettingKind {
  if (words.length > 0) return words.toSorted().join() === SWITCH.join() ? 'switch' : words;
  // What a whole number makes of a text tells it from a text; some have bounds that 1 is not in.
  const isNumber = ['1', '60', '1000', '100000'].some((text) => typeof variable.safeParse(text).data === 'number');
  return isNumber ? 'number' : 'text';
}

function defaultOf(variable: z.ZodType): Setting['default'] {
  const absent = variable.safeParse(undefined);
  if (!absent.success) return null;
  return z.union([z.string(), z.number(), z.boolean(), z.null()]).parse(absent.data);
}

import { z } from 'zod';
import { isSecretSchema } from './variables.ts';

/** Variables by name. */
export type Shape = Readonly<Record<string, z.ZodType>>;

/** Reports that a variable is wrong in the light of others; the section fails then, whatever it returns. */
export type ReportProblem = (name: string, problem: string) => void;

/** One part of a service's configuration: the variables it reads and what it makes of them. */
export interface Section<T> {
  readonly schema: z.ZodType<T>;
  /** What it reads, variable by variable. */
  readonly shape: Shape;
  /** Every variable it reads. */
  readonly names: readonly string[];
  /** Those that may come as `NAME_FILE`. */
  readonly secretNames: readonly string[];
}

/** Joins flat variables into one section; `build` runs once each of them is right by itself. */
export function section<const S extends Shape, T>(
  shape: S,
  build: (env: z.output<z.ZodObject<S>>, problem: ReportProblem) => T,
): Section<T> {
  const schema = z
    .object(shape)
    .transform((env, ctx) => build(env, (name, message) => ctx.addIssue({ code: 'custom', path: [name], message })));
  const secrets = Object.entries(shape).filter(([, variable]) => isSecretSchema(variable));
  return { schema, shape, names: Object.keys(shape), secretNames: secrets.map(([name]) => name) };
}

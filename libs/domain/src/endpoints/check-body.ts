import { AppError, isErrorCode } from '@batch-gpt/errors';
import { type z } from 'zod';
import { type BodySchema, type Endpoint, type RequestBody } from './endpoint.ts';
import { emptyList, isAbsent, missing, wrongType } from './refusals.ts';

/** A row's schema, and the check that it makes: the first problem in OpenAI's words. */
export function checkedBy(schema: BodySchema): Pick<Endpoint, 'schema' | 'check'> {
  const names = Object.keys(schema.shape);
  return {
    schema,
    check: (body) => {
      const issue = schema.safeParse(pick(body, names)).error?.issues[0];
      return issue === undefined ? null : refusalOf(issue, body, schema);
    },
  };
}

/** A body may have a million names that mean nothing here, and looking at each takes seconds. */
function pick(body: RequestBody, names: readonly string[]): RequestBody {
  const picked: Record<string, unknown> = {};
  for (const name of names) if (Object.hasOwn(body, name)) picked[name] = body[name];
  return picked;
}

function refusalOf(issue: z.core.$ZodIssue, body: RequestBody, { shape }: BodySchema): AppError {
  const param = String(issue.path[0]);
  const value = body[param];
  const code = issue.code === 'custom' ? String(issue.params?.['refusal']) : '';
  if (isErrorCode(code)) return new AppError(code, issue.message, { param });
  if (isAbsent(value)) return missing(param);
  const expected = expectedType(issue);
  if (expected !== null) return wrongType(param, expected, value);
  if (Array.isArray(value) && value.length === 0) return emptyList(param);
  const words = shape[param]?.description ?? 'another value';
  return new AppError('invalid_value', `Invalid '${param}': expected ${words}.`, { param });
}

/** The type that was expected, like `a string or an array`; null for a value of the right one. */
function expectedType(issue: z.core.$ZodIssue): string | null {
  if (issue.code === 'invalid_type') return `${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
  if (issue.code === 'custom') return typeof issue.params?.['type'] === 'string' ? issue.params['type'] : null;
  if (issue.code !== 'invalid_union') return null;
  const each = issue.errors.flatMap(([first]) => (first === undefined ? [] : (expectedType(first) ?? [])));
  return each.filter((type) => type !== 'a null').join(' or ');
}

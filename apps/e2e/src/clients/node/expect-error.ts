import assert from 'node:assert/strict';
import type { NodeKit } from './node-kit.ts';

/** The client's error classes, by the names that its documentation gives them. */
export type ErrorName = Extract<keyof NodeKit['sdk']['openai'], `${string}Error`>;

/** What a call rejected with; fails if it did not. */
export async function errorOf(call: Promise<unknown>): Promise<unknown> {
  const [result] = await Promise.allSettled([call]);
  if (result.status === 'rejected') return result.reason;
  throw new Error(`no error but ${JSON.stringify(result.value)}`);
}

/** The object has these fields, whatever else it has. */
export function expectFields(actual: object, fields: object): void {
  const chosen = Object.keys(fields).map((name) => [name, Reflect.get(actual, name)] as const);
  assert.deepEqual(Object.fromEntries(chosen), fields);
}

/** The object has everything that the other one has, apart from these fields of it. */
export function expectContains(actual: object, part: object, without: readonly string[] = []): void {
  const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));
  const rest = Object.fromEntries(Object.entries(part).filter(([name]) => !without.includes(name)));
  assert.partialDeepStrictEqual(plain(actual), plain(rest));
}

/** The call's error is of this class, carries these fields, says something, and can be found in the logs by its request id. */
export async function expectError(
  { sdk }: Pick<NodeKit, 'sdk'>,
  call: Promise<unknown>,
  name: ErrorName,
  fields: object,
): Promise<void> {
  const error = await errorOf(call);
  const { [name]: expected, APIError } = sdk.openai;
  assert.ok(error instanceof APIError && error instanceof expected, `not ${name} but ${String(error)}`);
  expectFields(error, fields);
  assert.match(error.message, /^\d{3} .{10}/);
  assert.ok(error.requestID);
}

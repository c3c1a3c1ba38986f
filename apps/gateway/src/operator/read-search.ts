import { modelName, requestState, tenantId, type RequestState, type TenantId } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import { type Request } from 'express';
import { readLimit, readOneOf } from '../routes/read-paging.ts';

/** How a request's id may begin. */
export const keyBeginning = /^[0-9a-f]{1,64}$/;
/** Unix seconds, with or without a fraction. */
export const timeText = /^\d{1,12}(\.\d{1,6})?$/;
/** The `next` of a page. */
export const placeText = /^[\w-]{1,128}$/;

/** What requests are looked for; null: any. Times are milliseconds since the epoch. */
export interface RequestsWanted {
  /** How their keys begin, hex in lower case. */
  readonly key: string | null;
  readonly tenant: TenantId | null;
  readonly state: RequestState | null;
  readonly model: string | null;
  readonly since: number | null;
  readonly until: number | null;
  readonly after: string | null;
  readonly limit: number;
}

/** Reads a search's parameters; throws AppError `invalid_value`. Others mean nothing. */
export function readSearch({
  key,
  tenant,
  state,
  model,
  since,
  until,
  after,
  limit,
}: Request['query']): RequestsWanted {
  return {
    key: readMatching('key', keyBeginning, 'the beginning of a request id, hex in lower case', key),
    tenant: readTenant(tenant),
    state: readOneOf('state', requestState.options, state),
    model: readModel(model),
    since: readTime('since', since),
    until: readTime('until', until),
    after: readAfter(after),
    limit: readLimit(limit),
  };
}

/** Reads the name of a tenant. */
export function readTenant(given: unknown): TenantId | null {
  if (given === undefined) return null;
  const tenant = tenantId.safeParse(given);
  if (tenant.success) return tenant.data;
  throw invalid('tenant', 'the name of a tenant');
}

/** Reads the `after` of a page. */
export const readAfter = (given: unknown): string | null =>
  readMatching('after', placeText, "the 'next' of a page", given);

function readModel(given: unknown): string | null {
  if (given === undefined) return null;
  const model = modelName.safeParse(given);
  if (model.success) return model.data;
  throw invalid('model', 'the name of a model');
}

function readTime(name: string, given: unknown): number | null {
  const text = readMatching(name, timeText, 'Unix seconds', given);
  return text === null ? null : Math.round(Number(text) * 1000);
}

function readMatching(name: string, form: RegExp, what: string, given: unknown): string | null {
  if (given === undefined) return null;
  if (typeof given === 'string' && form.test(given)) return given;
  throw invalid(name, what);
}

const invalid = (name: string, what: string) =>
  new AppError('invalid_value', `Invalid '${name}': expected ${what}.`, { param: name });

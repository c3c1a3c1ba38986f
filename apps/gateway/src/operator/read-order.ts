import { type IncomingMessage } from 'node:http';
import { AppError } from '@batch-gpt/errors';
import { parseJson } from '@batch-gpt/hashing';
import { type Response } from 'express';
import { type z } from 'zod';
import { createAdmission } from '../accept/admission.ts';
import { readBody } from '../routes/read-body.ts';

const maxBytes = 16 * 1024;
const maxDepth = 4;
/** Operators do not come in crowds. */
const maxCalls = 4;

/** Reads the JSON body of an order; throws AppError as `readBody` and {@link parseOrder} do. */
export type ReadOrder<T> = (req: IncomingMessage, res: Response) => Promise<T>;

/** Reads orders, a few at a time. `what` names them in refusals. */
export function createReadOrder<T>(what: string, schema: z.ZodType<T>): ReadOrder<T> {
  const admission = createAdmission({ maxCalls, maxBytes: maxCalls * maxBytes });
  return async (req, res) => {
    using permit = admission.enter();
    return parseOrder(await readBody({ req, res, maxBytes, permit }), schema, what);
  };
}

/** Parses an order; throws AppError `invalid_value` for what the schema refuses, `invalid_json` for what is none. */
export function parseOrder<T>(text: string, schema: z.ZodType<T>, what: string): T {
  const parsed = schema.safeParse(parseJson(text, { maxDepth }));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.join('.') ?? '';
  const message = `Invalid ${what}: ${param === '' ? '' : `${param}: `}${issue?.message ?? ''}.`;
  throw new AppError('invalid_value', message, param === '' ? {} : { param });
}

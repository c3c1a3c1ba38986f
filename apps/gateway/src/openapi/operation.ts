import { type ErrorCode } from '@batch-gpt/errors';
import { type z } from 'zod';
import { type AnswerHeader } from './answer-headers.ts';
import { type SchemaName } from './schemas.ts';

/** Who calls: a tenant with its API key, an operator with the admin token, the provider with its signature, or anybody. */
export type CallerKind = 'tenant' | 'operator' | 'provider' | 'anybody';

/** What the routes are grouped by, in the order of the document. */
export const tags = {
  Batched:
    'Calls that are answered from batches, as OpenAI answers them. The connection is held until the batch that carries the ' +
    'call is settled, unless the call or its API key says otherwise. Identical calls are one request, so repeating a call ' +
    'is safe: it finds the request under way.',
  Requests: 'Where is my request.',
  Responses: 'Responses in the background, by their ids.',
  Batches: 'The batches that carry the requests.',
  Usage: 'What was used, paid and saved.',
  Models: 'The models of the account that pays.',
  Webhooks: "The provider's news.",
  Operators: 'What operators may do, for any tenant.',
  Documents: 'What describes this API.',
} as const;

/** A parameter of a route, in its path, query or headers. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description: string;
  /** What validates it, or what it would have to be to mean something. */
  readonly schema: z.ZodType;
}

/** A success. */
export interface Answer {
  readonly description: string;
  readonly headers?: readonly AnswerHeader[];
  /** The first is ours, the second what comes in its place from the provider; none: no body. */
  readonly json?: readonly [SchemaName, SchemaName?];
  /** Whether it may come as server-sent events instead. */
  readonly events?: boolean;
  /** Whether it may come as CSV instead. */
  readonly csv?: boolean;
}

/** One method of one path, as the document describes it. */
export interface Operation {
  /** Unique, the name of a method in generated clients. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'delete';
  /** Parameters in braces. */
  readonly path: string;
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly description?: string;
  readonly caller: CallerKind;
  readonly parameters?: readonly Parameter[];
  readonly body?: SchemaName;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  readonly errors: readonly ErrorCode[];
  /** Whether it may end in an error of the provider's own, with any status. */
  readonly mayFailAtProvider?: boolean;
  /** What its errors may say beside what all errors do. */
  readonly errorHeaders?: readonly AnswerHeader[];
}

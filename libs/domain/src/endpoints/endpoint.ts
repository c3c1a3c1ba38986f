import { type BatchEndpoint } from '@batch-gpt/contracts';
import { type AppError } from '@batch-gpt/errors';
import { type z } from 'zod';
import { type Usage } from '../outcome.ts';
import { type StreamReplay } from '../replay/stream-replay.ts';

/** A parsed request body: names and values as the caller sent them, unknown ones included. */
export type RequestBody = Readonly<Record<string, unknown>>;

/**
 * What a body has to be. It only gives its verdict: its fields are looked at where they lie, unknown ones not at all, and
 * what goes on is the body as it came. The fields that its rules read have to stand in its shape.
 */
export type BodySchema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

/** A row of the endpoint table: everything that differs from endpoint to endpoint. */
export interface Endpoint {
  readonly path: BatchEndpoint;
  /** The model of a body that names none; null where the API has no fixed one. Every batch line names its model. */
  readonly defaultModel: string | null;
  /** What a body has to be, for validation and for the document of the API alike. */
  readonly schema: BodySchema;
  /** The refusal of a body that would fail the provider's validation of a whole file; null for a good one. */
  readonly check: (body: RequestBody) => AppError | null;
  /** Fields that do not change the answer's content, so they are no part of the key. */
  readonly unhashed: ReadonlySet<string>;
  /** Fields that batch lines refuse or that mean nothing there. */
  readonly neverSent: ReadonlySet<string>;
  /** What a line adds to the provider's limit of embedding inputs per batch. */
  readonly countInputs: (body: RequestBody) => number;
  /** How many bytes of a body make about one prompt token. */
  readonly bytesPerToken: number;
  /** Whether the answer depends on the body alone: no state at the provider, no hosted tools, no side effects. */
  readonly isShareable: (body: RequestBody) => boolean;
  /** Whether the same call may be answered differently each time. */
  readonly isSampled: (body: RequestBody) => boolean;
  /** Whether the caller limited the output: an answer cut at that limit is complete. */
  readonly hasOutputLimit: (body: RequestBody) => boolean;
  /**
   * Whether a 2xx answer is the whole answer and will stay it: not stopped by a content filter, nor cut at an output
   * limit unless there is one (`limited`), nor a link that expires.
   */
  readonly isComplete: (answer: unknown, limited: boolean) => boolean;
  /** The tokens that a 2xx answer reports; null where it reports none. */
  readonly readUsage: (answer: unknown) => Usage | null;
  /** How a finished answer is streamed; null where the endpoint has no streams. */
  readonly replay: StreamReplay | null;
}

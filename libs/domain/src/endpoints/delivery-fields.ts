import { z } from 'zod';
import { isObject, type StreamReplay } from '../replay/stream-replay.ts';
import { refusing } from './body-fields.ts';
import { type RequestBody } from './endpoint.ts';
import { isAbsent } from './refusals.ts';

/*
 * Ways of delivery that are malformed, or that the endpoint does not have, are refused instead of being answered in a form
 * that was not asked for.
 */

const streamed = z
  .boolean()
  .nullish()
  .describe("whether the answer comes as server-sent events: the endpoint's own, replayed once it is there");

const notStreamed = z
  .boolean()
  .refine(
    (stream) => !stream,
    refusing('unsupported_value', "Streaming is not supported here: leave out 'stream' or send false."),
  )
  .meta({ enum: [false] })
  .nullish()
  .describe('this endpoint has no streams');

const streamOptions = z
  .unknown()
  .optional()
  .describe('an object, where the answer is streamed: `include_usage` adds an event with the usage');

const noBackground = z
  .unknown()
  .refine(
    (background) => background !== true,
    refusing(
      'unsupported_value',
      "Only responses have a background mode: leave out 'background', or send 'Prefer: respond-async'.",
    ),
  )
  .meta({ not: { const: true } })
  .optional();

/** The fields of delivery of an endpoint with these streams (null: none) and no background mode. */
export const deliveryFields = (replay: StreamReplay | null) => ({
  ...streamFields(replay),
  background: noBackground.describe('only responses have a background mode'),
});

/** As {@link deliveryFields}, where `background` is another word. */
export const pictureFields = {
  ...streamFields(null),
  background: noBackground.describe('what the picture stands before, like `transparent`'),
};

/** As {@link deliveryFields}, for the endpoint that has a background mode. */
export const backgroundFields = (replay: StreamReplay) => ({
  ...streamFields(replay),
  background: z
    .boolean()
    .nullish()
    .describe('whether a response is answered at once, as `queued`, and polled or streamed by its id; never unstored'),
  store: z.unknown().optional(),
});

function streamFields(replay: StreamReplay | null) {
  return replay === null ? { stream: notStreamed } : { stream: streamed, stream_options: streamOptions };
}

type Context = z.core.$RefinementCtx;

/** Nobody reads the options of a stream that is not asked for. */
export function checkStreamOptions({ stream, stream_options: options }: RequestBody, ctx: Context): void {
  if (stream !== true || isAbsent(options) || isObject(options)) return;
  ctx.addIssue({ code: 'custom', path: ['stream_options'], params: { type: 'an object' } });
}

/** A response in the background is kept and polled. */
export function checkBackground({ background, store }: RequestBody, ctx: Context): void {
  if (background !== true) return;
  if (store === false) ctx.addIssue({ code: 'custom', path: ['store'], ...unstoredInBackground });
}

const unstoredInBackground = refusing(
  'unsupported_value',
  "Background mode needs 'store': the response is kept to be polled.",
);

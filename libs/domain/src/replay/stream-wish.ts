import { objectOf, type JsonObject, type StreamOptions, type StreamReplay } from './stream-replay.ts';

/** A caller's wish for a stream, and how it is fulfilled. */
export interface StreamWish extends StreamOptions {
  readonly replay: StreamReplay;
}

/** What a body that its endpoint took asks for; null: the answer in one piece. */
export function streamWish(
  { replay }: { readonly replay: StreamReplay | null },
  { stream, stream_options: options }: JsonObject,
): StreamWish | null {
  if (replay === null || stream !== true) return null;
  return { replay, includeUsage: objectOf(options)['include_usage'] === true };
}

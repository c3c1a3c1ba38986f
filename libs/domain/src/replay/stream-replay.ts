/** One server-sent event: `name` is its `event:` line, where it has one, `data` a single line of JSON or `[DONE]`. */
export interface StreamEvent {
  readonly name: string | null;
  readonly data: string;
}

/** What a caller asked of its stream. */
export interface StreamOptions {
  /** `stream_options.include_usage`. */
  readonly includeUsage: boolean;
}

/** What is known of a call that fails after its stream has begun. */
export interface FailedStream {
  /** OpenAI's error object: `message`, `type`, `param`, `code`. */
  readonly error: JsonObject;
  readonly key: string;
  readonly model: string;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
}

/** How an endpoint streams: what it would have sent piece by piece, made from the finished answer. */
export interface StreamReplay {
  /**
   * The events of a parsed 2xx answer, made as they are taken. Accumulated they are the answer again: no field is lost,
   * numbers stay as they were parsed, and no piece of text ends between the halves of a surrogate pair. Takes any value:
   * what is not as documented is carried whole.
   */
  readonly answer: (answer: unknown, options: StreamOptions) => Iterable<StreamEvent>;
  /** The events that make OpenAI's SDKs raise an error in the middle of a stream. */
  readonly failure: (failed: FailedStream) => Iterable<StreamEvent>;
}

/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A value as an object; an empty one where it is something else. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** A value as a list; an empty one where it is something else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

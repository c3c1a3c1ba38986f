/** What answers say beside their bodies; every header that a route sets has a line here. */
export const answerHeaders = {
  'X-Request-Id': "The call's id: the caller's own `X-Request-Id` where it is harmless, else a new one.",
  'Cache-Status':
    'What became of the call (RFC 9211): `batch-gpt; hit`, or `fwd=` why it had to be asked, with `collapsed` where it joined ' +
    'a request under way.',
  Age: 'How old the stored answer is, in seconds.',
  'Batch-Request-Id': "The request's id, for `GET /v1/requests/{id}`.",
  'Batch-Id': "The batch's id, for `GET /v1/batches/{id}`; an answer that began before its batch was known has none.",
  'Batch-Mode': '`realtime` where the call went past the batches.',
  'X-RateLimit-Limit-Requests':
    'How many new requests a minute the key or its tenant may make; absent without such a limit.',
  'X-RateLimit-Remaining-Requests': 'How many of them are left, as this gateway saw it last.',
  'X-RateLimit-Reset-Requests': 'When all of them will be there again, such as `8.64s` or `1m0s`.',
  Location: 'Where the request can be looked at.',
  'Preference-Applied': 'The preferences of `Prefer` that were followed (RFC 7240).',
  ETag: 'Names this version of the document.',
  'Cache-Control': 'How long the answer may be kept.',
  'Content-Disposition': 'The name of the file to keep it in.',
  'WWW-Authenticate': 'What kind of key is missing.',
  'X-Should-Retry': "Whether OpenAI's SDKs repeat the call.",
  'Retry-After-Ms': 'When to repeat the call, in milliseconds; absent where that is of no use.',
  'Retry-After': 'The same in whole seconds.',
} as const;

export type AnswerHeader = keyof typeof answerHeaders;

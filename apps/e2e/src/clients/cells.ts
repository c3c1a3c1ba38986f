/**
 * The conformance matrix: what must work with every official client. Each cell is one named test for each client; a
 * client that lacks one, or has one more, fails its own matrix.
 */
export const cells = [
  'chat',
  'chat with several choices',
  'chat with the headers that say what happened',
  'chat with tools',
  'chat parsed into a structure',
  'embeddings in base64, the default',
  'embeddings as numbers',
  'responses',
  'responses with tools',
  'responses parsed into a structure',
  'batches listed page by page',
  'batches retrieved',
  'batches cancelled',
  'error 400 from the gateway',
  'error 400 from the provider',
  'error 401 from the provider',
  'error 403 from the provider',
  'error 404 from the gateway',
  'error 404 from the provider',
  'error 409 of a finished batch',
  'error 422 from the provider',
  'error 429 until there is room',
  'error 5xx when every attempt failed',
  'error 5xx while an answer is still awaited',
  'a timeout shorter than the answer takes, with retries',
  'a timeout that the gateway does not know of',
  'abort in the middle',
] as const;

/** The name of a row of the matrix. */
export type Cell = (typeof cells)[number];

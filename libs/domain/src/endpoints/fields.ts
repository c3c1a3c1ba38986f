/** Fields of every endpoint that are left out of the key (design, section 5). */
export const unhashedFields: ReadonlySet<string> = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'service_tier',
  'background',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
]);

/** Fields of every endpoint that never reach a line: refused there, or about a delivery that a batch does not have. */
export const neverSentFields: ReadonlySet<string> = new Set(['stream', 'stream_options', 'background', 'service_tier']);

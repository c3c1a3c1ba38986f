import { type BatchEndpoint } from '../endpoints.ts';
import { type JsonObject } from '../json.ts';
import { lastUserText } from './last-user-text.ts';

/** What a marker in the last user text makes of a line: `[[simulate:name]]`, or `[[simulate:name:N]]` for its first N runs. */
export const markers = {
  '400': 'refused: 400 integer_below_min_value',
  '401': 'refused: 401 invalid_api_key',
  '403': 'refused: 403 policy',
  '404': 'refused: 404 model_not_found naming the snapshot with -batch',
  '408': 'refused: 408 request timeout',
  '409': 'refused: 409 conflict',
  '422': 'refused: 422 unprocessable',
  '429': 'refused: 429 rate_limit_exceeded',
  '500': 'refused: 500 server_error',
  '503': 'refused: 503 server_is_overloaded',
  slow: 'runs last, SIMULATOR_SLOW_MS after all others',
  missing: 'never runs and has no row; not counted as completed or failed',
  lost_row: 'runs, is billed and counted as completed, but its row is missing',
  duplicate_row: 'its row is written twice',
  unknown_row: 'its row is followed by one for a custom id that nobody sent',
  expired: 'not run: a batch_expired row, whatever the batch ends as',
  timeout: 'a request_timeout row without a response',
  status0: 'status_code 0 in the output file, counted as completed, not billed',
  extra_keys: 'a good row with keys nobody knows',
  content_filter: 'a good answer that was cut by the content filter',
  line_separator: 'U+2028, U+2029 and U+0085 stand raw in its answer, where a careless reader splits lines',
  big: 'big:N answers with N kilobytes of text (default 1000, at most 64000)',
  tool_call: 'calls the first tool of the request instead of answering in text',
} as const;

/** The name of a marker. */
export type MarkerName = keyof typeof markers;

/** A marker as found; `count` is the number after its name. */
export interface Marker {
  readonly name: MarkerName;
  readonly count: number | null;
}

const pattern = /\[\[simulate:([a-z0-9_:]{1,30})\]\]/;
const inside = /^([a-z0-9_]{1,20})(?::(\d{1,5}))?$/;

const isMarkerName = (name: string): name is MarkerName => Object.hasOwn(markers, name);

/** Reads what stands between the brackets, `name` or `name:N`; null for an unknown name. */
export function parseMarker(text: string): Marker | null {
  const [, name, count] = inside.exec(text) ?? [];
  if (name === undefined || !isMarkerName(name)) return null;
  return { name, count: count === undefined ? null : Number(count) };
}

/** The marker in a request's last user text, null without one or with an unknown name. */
export function markerFor(endpoint: BatchEndpoint, body: JsonObject): Marker | null {
  const found = pattern.exec(lastUserText(endpoint, body))?.[1];
  return found === undefined ? null : parseMarker(found);
}

/** How often a marker bites its custom id: null for always. */
export const timesOf = ({ name, count }: Marker): number | null => (name === 'big' ? null : count);

import {
  batchId,
  knownProviderStatuses,
  modelName,
  requestKey,
  requestState,
  seriesRange,
  tenantId,
} from '@batch-gpt/contracts';
import { z } from 'zod';
import { eventNumber } from '../background/stream-response.ts';
import { askedHolds } from '../hold/hold-plan.ts';
import { acceptable } from '../middleware/request-id.ts';
import { keyBeginning, placeText, timeText } from '../operator/read-search.ts';
import { defaultLimit, mostLimit } from '../routes/read-paging.ts';
import { usageFormats } from '../routes/usage.ts';
import { day, mostDays } from '../usage/read-days.ts';
import { secondsText } from '../wishes/header-list.ts';
import { idempotencyKey } from '../wishes/read-wishes.ts';
import { type Parameter } from './operation.ts';

const text = z.string();

const header = (name: string, schema: z.ZodType, description: string): Parameter => ({
  name,
  in: 'header',
  schema,
  description,
});
const query = (name: string, schema: z.ZodType, description: string): Parameter => ({
  name,
  in: 'query',
  schema,
  description,
});
const path = (schema: z.ZodType, description: string): Parameter => ({
  name: 'id',
  in: 'path',
  required: true,
  schema,
  description,
});

/** With what a call to a batched endpoint chooses for itself. What is malformed is no wish, but for `Idempotency-Key`. */
export const wishHeaders: readonly Parameter[] = [
  header(
    'Prefer',
    text,
    '`respond-async`: 202 and a handle at once. `wait=N`: hold at most N seconds, then the 202 (RFC 7240).',
  ),
  header(
    'Cache-Control',
    text,
    '`only-if-cached`: a stored answer or 404. `no-cache`: ask anew, then store. `no-store`: never share, never store. ' +
      '`max-age=N`: no stored answer older than N seconds (RFC 9111).',
  ),
  header(
    'Idempotency-Key',
    idempotencyKey,
    'Names the call for 24 hours: with the same body it is the same request, with another one a 409.',
  ),
  header(
    'Batch-Hold',
    z.enum(askedHolds),
    'What keeps the connection alive while it is held: `interim` (102 answers), `body` (an early 200 and blanks before ' +
      'the JSON; errors then come in the body), or `none`.',
  ),
  header(
    'Batch-Cache-Ttl',
    text.regex(secondsText),
    'Seconds for which the answer may serve other calls, within what the deployment allows.',
  ),
  header(
    'Batch-Mode',
    z.literal('realtime'),
    'Past the batches at list price, where `RELAY=on`; so does `service_tier: "priority"` or `"fast"`.',
  ),
];

/** Understood by every route. */
export const requestIdHeader = header(
  'X-Request-Id',
  text.regex(acceptable),
  'An id of your own for the call; the answer repeats it.',
);

/** Signs a delivery of the provider. Source: OpenAI webhook guide. */
export const signatureHeaders: readonly Parameter[] = (
  [
    ['webhook-id', "The delivery's id."],
    ['webhook-timestamp', 'When it was signed, in Unix seconds; five minutes either way are allowed.'],
    ['webhook-signature', 'HMAC-SHA256 over id, time and body.'],
  ] as const
).map(([name, description]) => ({ ...header(name, text, description), required: true }));

const limit = query(
  'limit',
  z.int().min(1).max(mostLimit).default(defaultLimit),
  'How many entries the page has at most.',
);

/** Of `GET /v1/requests`. */
export const requestFilters: readonly Parameter[] = [
  query('after', requestKey, 'The `last_id` of the page before.'),
  limit,
  query('state', requestState, 'Only requests in this state.'),
  query('model', modelName, 'Only requests for this model.'),
];

/** Of `GET /v1/batches`. */
export const batchFilters: readonly Parameter[] = [
  query('after', text, 'The `last_id` of the page before.'),
  limit,
  query('status', z.enum(knownProviderStatuses), 'Only batches of this status.'),
];

/** Of `GET /v1/usage`. */
export const usageFilters: readonly Parameter[] = [
  query('from', day, `The first day, in UTC; without it that of the month of \`to\`. At most ${mostDays} days.`),
  query('to', day, 'The last day, included; without it today.'),
  query('format', z.enum(usageFormats), 'Without it as `Accept` says.'),
];

/** Of `GET /v1/responses/{id}`. */
export const streamFilters: readonly Parameter[] = [
  query('stream', z.literal('true'), 'The finished response as server-sent events.'),
  query(
    'starting_after',
    text.regex(eventNumber),
    'The number of the last event that was seen; the stream begins after it.',
  ),
];

const next = query('after', text.regex(placeText), 'The `next` of the page before.');

/** Of `GET /admin/requests`. */
export const searchFilters: readonly Parameter[] = [
  next,
  limit,
  query('key', text.regex(keyBeginning), 'Only requests whose id begins like this, in order of id.'),
  query('tenant', tenantId, 'Only requests of this tenant.'),
  query('state', requestState, 'Only requests in this state.'),
  query('model', modelName, 'Only requests of this model.'),
  query('since', text.regex(timeText), 'Only requests that were accepted then or later, in Unix seconds.'),
  query('until', text.regex(timeText), 'Only requests that were accepted before, in Unix seconds.'),
];

/** Of `GET /admin/batches`. */
export const operatorBatchFilters: readonly Parameter[] = [
  next,
  limit,
  query('tenant', tenantId, 'Only batches of this tenant.'),
  query('status', z.enum(knownProviderStatuses), 'Only batches of this status.'),
];

/** Of `POST /admin/batches/{id}/retry`. */
export const retryPlace: readonly Parameter[] = [
  query('after', text.regex(placeText), 'The `next` of the answer before, to go on.'),
];

/** Of `GET /admin/events`. */
export const resumeHeader: readonly Parameter[] = [
  header('Last-Event-ID', text, 'The id of the last snapshot that was seen: the next one that differs is sent.'),
];

export const requestPath = path(requestKey, "The request's id, the `Batch-Request-Id` of its answers.");
export const batchPath = path(text, "The batch's id, ours or the provider's.");
export const ownBatchPath = path(batchId, "The batch's id.");
export const responsePath = path(text, "The response's id.");
export const modelPath = path(text, "The model's name.");

/** How far back a series goes. */
export const seriesParameters: readonly Parameter[] = [query('range', seriesRange, 'How far back; `1h` unless given.')];

/** Of the operators' money: whose, which days, in which form. */
export const moneyParameters: readonly Parameter[] = [
  query('tenant', tenantId, 'Of this tenant only.'),
  query('from', day, `The first day, in UTC; without it that of the month of \`to\`. At most ${mostDays} days.`),
  query('to', day, 'The last day, included; without it today.'),
  query('format', z.enum(usageFormats), '`json` unless given.'),
];

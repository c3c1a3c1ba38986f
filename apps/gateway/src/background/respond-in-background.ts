import { type ServerResponse } from 'node:http';
import { type RowIdentity } from '../accept/prepare-request.ts';
import { requestHeaders, type Headers } from '../respond/answer-headers.ts';
import { type Deliveries } from '../respond/note-deliveries.ts';
import { writeJson } from '../respond/write-json.ts';
import { type Wishes } from '../wishes/read-wishes.ts';
import { type BackgroundResponses, type ShownResponse } from './background-responses.ts';

/** A call in the background is not held, whatever its headers wish; it may still ask for a stored answer only. */
export const withoutHold = (wishes: Wishes): Wishes =>
  wishes.mode === 'cache' ? wishes : { ...wishes, mode: 'async', waitMs: null };

/** How long an answer waits in a row of its own to be polled, in milliseconds; those of shared rows wait as long at least. */
const pollWithin = 24 * 3600 * 1000;

/** A private row is else removed as soon as a retry would have come for it. */
export const keptForPolling = <R extends RowIdentity>(row: R): R =>
  row.base === null ? row : { ...row, cacheTtl: Math.max(row.cacheTtl ?? 0, pollWithin) };

/** Writes a response; once it is sent with its row's outcome, that counts as delivered. */
export function writeResponse(
  res: ServerResponse,
  { object, record, outcome }: ShownResponse,
  deliveries: Deliveries,
  headers: Headers = {},
): void {
  if (record !== null && outcome !== null) deliveries.noteWhenSent(record, res);
  const where = record === null ? {} : requestHeaders(record);
  writeJson(res, 200, JSON.stringify(object), { ...headers, ...where });
}

/** Answers a call that asked for the background: at once, with its own id. */
export type RespondInBackground = (
  res: ServerResponse,
  call: Parameters<BackgroundResponses['begin']>[0],
  headers: Headers,
) => Promise<void>;

export function createRespondInBackground(
  responses: Pick<BackgroundResponses, 'begin'>,
  deliveries: Deliveries,
): RespondInBackground {
  return async (res, call, headers) => writeResponse(res, await responses.begin(call), deliveries, headers);
}

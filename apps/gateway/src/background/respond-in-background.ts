import { type ServerResponse } from 'node:http';
import { requestHeaders, type Headers } from '../respond/answer-headers.ts';
import { type Deliveries } from '../respond/note-deliveries.ts';
import { writeJson } from '../respond/write-json.ts';
import { type Wishes } from '../wishes/read-wishes.ts';
import { type BackgroundResponses, type ShownResponse } from './background-responses.ts';

/** A call in the background is not held, whatever its headers wish; it may still ask for a stored answer only. */
export const withoutHold = (wishes: Wishes): Wishes =>
  wishes.mode === 'cache' ? wishes : { ...wishes, mode: 'async', waitMs: null };

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

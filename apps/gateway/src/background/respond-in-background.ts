import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Permit } from '../accept/admission.ts';
import { type RowIdentity } from '../accept/prepare-request.ts';
import { type Pace } from '../replay/write-events.ts';
import { requestHeaders, type Headers } from '../respond/answer-headers.ts';
import { type Deliveries } from '../respond/note-deliveries.ts';
import { writeJson, writeLongJson } from '../respond/write-json.ts';
import { type Wishes } from '../wishes/read-wishes.ts';
import { type BackgroundResponses, type ShownResponse } from './background-responses.ts';
import { type StreamResponse } from './stream-response.ts';

/** A call in the background is not held, whatever its headers wish; it may still ask for a stored answer only. */
export const withoutHold = (wishes: Wishes): Wishes =>
  wishes.mode === 'cache' ? wishes : { ...wishes, mode: 'async', waitMs: null };

/** How long an answer waits in a row of its own to be polled, in milliseconds; those of shared rows wait as long at least. */
const pollWithin = 24 * 3600 * 1000;

/** A private row is else removed as soon as a retry would have come for it. */
export const keptForPolling = <R extends RowIdentity>(row: R): R =>
  row.base === null ? row : { ...row, cacheTtl: Math.max(row.cacheTtl ?? 0, pollWithin) };

/** Writes a response; once it is sent with its row's outcome, that counts as delivered. */
export async function writeResponse(
  res: ServerResponse,
  shown: ShownResponse,
  { deliveries, pace }: { readonly deliveries: Deliveries; readonly pace: Pace },
): Promise<void> {
  noteOutcome(res, shown, deliveries);
  await writeLongJson(res, 200, JSON.stringify(shown.object), { headers: headersOf(shown), pace });
}

function noteOutcome(res: ServerResponse, { record, outcome }: ShownResponse, deliveries: Deliveries): void {
  if (record !== null && outcome !== null) deliveries.noteWhenSent(record, res);
}

const headersOf = ({ record }: ShownResponse): Headers => (record === null ? {} : requestHeaders(record));

/** A call that asked for the background, on its connection. */
export interface BackgroundAnswering {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly headers: Headers;
  readonly isStreamed: boolean;
  readonly permit: Pick<Permit, 'growInTurn'>;
}

/** Answers a call that asked for the background: at once, with its own id; streamed, with what becomes of it. */
export type RespondInBackground = (
  answering: BackgroundAnswering,
  call: Parameters<BackgroundResponses['begin']>[0],
) => Promise<void>;

export function createRespondInBackground(
  responses: Pick<BackgroundResponses, 'begin'>,
  streamResponse: StreamResponse,
  deliveries: Deliveries,
): RespondInBackground {
  return async ({ req, res, headers, isStreamed, permit }, call) => {
    const shown = await responses.begin(call);
    if (isStreamed) {
      await streamResponse({ req, res, caller: call.caller, shown, after: -1, permit }, headers);
      return;
    }
    noteOutcome(res, shown, deliveries);
    writeJson(res, 200, JSON.stringify(shown.object), { ...headers, ...headersOf(shown) });
  };
}

/*
 * A background response as a stream, while it is made or afterwards:
 *
 *   queued ──────────────▶ in_progress ─────────────────────────▶ ended
 *   response.created, 0    response.in_progress, 2                everything from there on, replayed
 *   response.queued, 1     comments keep the connection alive
 *
 * Events have the same numbers whenever they are asked for, so that whoever lost the connection goes on after the last
 * one that it saw. A stream that reaches its limit, or whose gateway stops, ends without a last event: the response goes on.
 */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type RequestKey } from '@batch-gpt/contracts';
import { endpointTable } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Metrics } from '@batch-gpt/metrics';
import { type Permit } from '../accept/admission.ts';
import { type GatewayClock } from '../gateway-clock.ts';
import { holdPlan, type HoldPlan, type HoldSettings } from '../hold/hold-plan.ts';
import { beginStream, writeComment, writeEvents, writeSome, type Pace } from '../replay/write-events.ts';
import { requestHeaders, type Headers } from '../respond/answer-headers.ts';
import { isOpen } from '../respond/is-open.ts';
import { roomFor } from '../respond/room-for.ts';
import { type Deliveries } from '../respond/note-deliveries.ts';
import { type Waiters } from '../respond/waiters.ts';
import { type Caller } from '../tenant-of.ts';
import { type BackgroundResponses, type ShownResponse } from './background-responses.ts';
import { type JsonObject } from './response-echo.ts';

export interface StreamResponseDeps {
  readonly responses: Pick<BackgroundResponses, 'show'>;
  readonly waiters: Pick<Waiters, 'register'>;
  readonly deliveries: Deliveries;
  readonly hold: HoldSettings;
  readonly pace: Pace;
  readonly clock: GatewayClock;
  readonly metrics: Metrics;
}

/** Who is to see which response, from which event on. */
export interface ResponseStream {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly caller: Caller;
  readonly shown: ShownResponse;
  /** The number of the last event that was seen; -1: none. */
  readonly after: number;
  /** Holds room for what `shown` has of an answer; where that comes later, it is taken from here. */
  readonly permit: Pick<Permit, 'growInTurn'>;
}

/** Resolves when the last of it is written, or nobody listens. */
export type StreamResponse = (stream: ResponseStream, headers?: Headers) => Promise<void>;

const { replay } = endpointTable['/v1/responses'];

/** What a response that has not ended has told already: its number, and from which status on. */
const early = [
  { type: 'response.created', status: 'queued' },
  { type: 'response.queued', status: 'queued' },
  { type: 'response.in_progress', status: 'in_progress' },
] as const;

export function createStreamResponse(deps: StreamResponseDeps): StreamResponse {
  const { responses, waiters, deliveries, pace, clock, metrics } = deps;

  /** True when there may be news, false when the stream is over. */
  const wait = async ({ res, permit }: ResponseStream, key: RequestKey, plan: HoldPlan, look: Look) => {
    const waiter = waiters.register(key);
    const gone = () => waiter.end({ kind: 'disconnected' });
    res.once('close', gone);
    let cancel: () => void = () => undefined;
    try {
      // Looked at after the waiter is there, so that no announcement falls between the two.
      const { record, object } = await look();
      if (record === null || !isUnended(object)) return true;
      waiter.arm(record, null);
      cancel = clock.after(plan.every, () => waiter.end({ kind: 'limit' }));
      const end = await waiter.ended;
      // Before it is read for this stream: many may be told at once.
      if (end.kind === 'outcome') await roomFor(end.record.outcome.body, permit, res);
      return end.kind !== 'disconnected' && end.kind !== 'draining';
    } finally {
      cancel();
      res.off('close', gone);
      gone();
    }
  };

  return async (stream, headers = {}) => {
    const { req, res, caller, shown: first, after } = stream;
    const plan = holdPlan(req, deps.hold, { stream: true, waitMs: null, hold: null, holdMax: caller.settings.holdMax });
    const limit = clock.monotonic() + plan.limit;
    let shown = first;
    let next = after + 1;
    const look = async () => (shown = await lookAgain(responses, caller, shown));
    beginStream(res, { ...headers, ...(first.record === null ? {} : requestHeaders(first.record)) });
    metrics.heldConnections.inc();
    try {
      while (isUnended(shown.object) && shown.record !== null) {
        next = tellEarly(res, shown.object, next);
        writeComment(res, 'still processing');
        const goesOn = clock.monotonic() < limit && (await wait(stream, shown.record.key, plan, look));
        if (!goesOn || !isOpen(res)) return void res.end();
        await look();
      }
    } finally {
      metrics.heldConnections.dec();
    }
    if (shown.record !== null && shown.outcome !== null) deliveries.noteWhenSent(shown.record, res);
    await pace.takeTurn();
    await writeEvents(res, eventsFrom(shown.object, next), pace);
  };
}

type Look = () => Promise<ShownResponse>;

const isUnended = ({ status }: JsonObject): boolean => status === 'queued' || status === 'in_progress';

/** The response as it is now; as it was where the store cannot tell. */
async function lookAgain(
  responses: StreamResponseDeps['responses'],
  { tenant }: Caller,
  shown: ShownResponse,
): Promise<ShownResponse> {
  try {
    return await responses.show(tenant, String(shown.object['id']));
  } catch (error) {
    if (AppError.is(error, 'store_unavailable')) return shown;
    // Forgotten by its owner while it was read.
    if (AppError.is(error, 'response_not_found')) return { ...shown, object: { ...shown.object, status: 'cancelled' } };
    throw error;
  }
}

/** Tells what may be told of a response that has not ended; returns the number of the next event. */
function tellEarly(res: ServerResponse, object: JsonObject, from: number): number {
  let next = from;
  for (const [number, { type, status }] of early.entries()) {
    if (number !== next || (status === 'in_progress' && object['status'] !== status)) continue;
    writeSome(res, [
      { name: type, data: JSON.stringify({ type, sequence_number: number, response: { ...object, status } }) },
    ]);
    next += 1;
  }
  return next;
}

/** The events of a response that has ended; they are numbered from 0 without gaps. */
function eventsFrom(object: JsonObject, next: number) {
  if (replay === null) throw new Error('responses have a stream');
  return Iterator.from(replay.answer(object, { includeUsage: false })).drop(next);
}

/** Events are counted, and no stream has so many. */
export const eventNumber = /^\d{1,9}$/;

/** Reads `starting_after`, the number of the last event that was seen; -1 where none was. Throws AppError `invalid_value`. */
export function readStartingAfter(given: unknown): number {
  if (given === undefined) return -1;
  if (typeof given === 'string' && eventNumber.test(given)) return Number(given);
  throw new AppError('invalid_value', "Invalid 'starting_after': expected the number of an event.", {
    param: 'starting_after',
  });
}

import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type RequestKey } from '@batch-gpt/contracts';
import { failureOutcome, type Outcome, type RequestRecord, type StreamWish } from '@batch-gpt/domain';
import { toAppError } from '@batch-gpt/errors';
import { type Metrics } from '@batch-gpt/metrics';
import { type Acceptance } from '../accept/accept-request.ts';
import { type Permit } from '../accept/admission.ts';
import { type GatewayClock } from '../gateway-clock.ts';
import { holdConnection } from '../hold/hold-connection.ts';
import {
  lastRetry,
  outcomeLost,
  requestCancelled,
  shuttingDown,
  stillProcessing,
  type Told,
} from '../hold/hold-errors.ts';
import { holdPlan, type HoldSettings, type HoldWishes } from '../hold/hold-plan.ts';
import { sendBeat } from '../hold/send-beat.ts';
import { type RequestDescriber } from '../objects/describe-request.ts';
import { type NoteResponse } from '../relay/note-response.ts';
import { type Pace } from '../replay/write-events.ts';
import { type CountOutcome } from '../usage/count-acceptance.ts';
import { type Wishes } from '../wishes/read-wishes.ts';
import { requestHeaders, type Headers } from './answer-headers.ts';
import { type Deliveries } from './note-deliveries.ts';
import { replyWithError, replyWithOutcome, type Answering } from './reply.ts';
import { roomFor } from './room-for.ts';
import { type Waiter, type Waiters } from './waiters.ts';
import { writeJson } from './write-json.ts';

type Pending = Extract<Acceptance, { kind: 'pending' }>;

/** A call that waits for its outcome on its own connection. */
export interface Waiting extends Pick<Waiter, 'key'> {
  /**
   * Holds the connection until there is an answer, and gives it. Throws the AppError to answer with instead, as long as
   * there is a status to answer with; once the answer has begun it says the error itself.
   */
  hold(held: Held): Promise<void>;
  /** Safe to call whatever happened. */
  release(): void;
}

/** What is known of a call when its hold begins. */
export interface Held {
  readonly req: IncomingMessage;
  readonly acceptance: Pending;
  readonly wishes: Wishes;
  readonly headers: Headers;
  /** Null: in one piece. */
  readonly stream: StreamWish | null;
  /** What holds for the caller. */
  readonly settings: Pick<HoldWishes, 'hold' | 'holdMax'>;
  /** To be told of its outcome; null: nobody counts it. */
  readonly countOutcome: CountOutcome;
  /** Bounds the bytes of answers that are being written. */
  readonly permit: Pick<Permit, 'growInTurn'>;
}

/** Gives callers what they came for: the outcome, or a handle. */
export interface Responder {
  /** To be called before the key is looked up, so that no announcement is missed. */
  wait(key: RequestKey, res: ServerResponse): Waiting;
  /** Resolves when all of it is written, or nobody listens. */
  respond(answering: Answering, outcome: Outcome): Promise<void>;
  /** 202 with where to look. */
  respondAccepted(res: ServerResponse, record: RequestRecord, applied: string, headers: Headers): Promise<void>;
}

export interface ResponderOptions {
  readonly describer: Pick<RequestDescriber, 'describeHandle'>;
  readonly waiters: Waiters;
  readonly deliveries: Deliveries;
  readonly noteResponse: NoteResponse;
  readonly clock: GatewayClock;
  readonly pace: Pace;
  readonly metrics: Metrics;
  readonly hold: HoldSettings;
}

export function createResponder(options: ResponderOptions): Responder {
  const { describer, waiters, deliveries, pace, clock, metrics } = options;

  const respond: Responder['respond'] = async (answering, outcome) => {
    try {
      await options.noteResponse(answering.record, outcome);
    } catch (error) {
      await replyWithError(answering, toAppError(error), pace);
      return;
    }
    deliveries.noteWhenSent(answering.record, answering.res);
    await replyWithOutcome(answering, outcome, pace);
  };

  const respondAccepted: Responder['respondAccepted'] = async (res, record, applied, headers) => {
    writeJson(res, 202, await describer.describeHandle(record), {
      ...headers,
      ...requestHeaders(record),
      location: `/v1/requests/${record.key}`,
      ...(applied === '' ? {} : { 'preference-applied': applied }),
    });
  };

  const hold = async (waiter: Waiter, res: ServerResponse, held: Held) => {
    const { req, acceptance, wishes, headers, stream } = held;
    const plan = holdPlan(req, options.hold, { ...held.settings, stream: stream !== null, waitMs: wishes.waitMs });
    const seen = () => waiter.seen ?? acceptance.record;
    const earlyHeaders = () => ({ ...headers, ...requestHeaders(seen()) });
    const connection = holdConnection({
      plan,
      clock,
      onBeat: () => sendBeat(plan.kind, res, earlyHeaders),
      onLimit: () => waiter.end({ kind: 'limit' }),
    });
    metrics.heldConnections.inc();
    waiter.arm(acceptance.record, acceptance.notDoneAt);
    const end = await waiter.ended;
    // What was paid for is not refused: kept alive, it waits until others are written.
    if (end.kind === 'outcome') await roomFor(end.record.outcome.body, held.permit, res);
    connection.release();
    metrics.heldConnections.dec();
    metrics.holdOutcomes.inc({ outcome: end.kind });
    metrics.holdDuration.observe((clock.monotonic() - waiter.since) / 1000);

    const record = seen();
    const answering = { res, record, headers, stream };
    switch (end.kind) {
      case 'outcome':
        held.countOutcome?.(end.record.outcome);
        await respond({ ...answering, record: end.record }, end.record.outcome);
        return;
      case 'trouble': {
        // Not stored, but as final for this call as if it were: a repeat is told the same.
        const failure = failureOutcome(end.cause, end.record.batchId, clock.now());
        await replyWithOutcome({ ...answering, record: end.record }, failure, pace);
        return;
      }
      case 'disconnected':
        return;
      case 'lost':
        await replyWithError(answering, outcomeLost(), pace);
        return;
      case 'cancelled':
        await replyWithError(answering, requestCancelled(), pace);
        return;
      case 'draining':
        await replyWithError(answering, shuttingDown(record), pace);
        return;
      case 'limit':
        if (wishes.waitMs !== null) await respondAccepted(res, record, wishes.applied, headers);
        else await replyWithError(answering, stillProcessing(record, told(res, record, wishes)), pace);
    }
  };

  return {
    respond,
    respondAccepted,
    wait: (key, res) => {
      const waiter = waiters.register(key);
      const release = () => waiter.end({ kind: 'disconnected' });
      res.once('close', release);
      return { key, hold: (held) => hold(waiter, res, held), release };
    },
  };
}

/** No SDK repeats a call whose answer has begun. A private row without a name of the caller's is lost to a new call. */
function told({ headersSent }: ServerResponse, { base }: RequestRecord, { retry, idempotencyKey }: Wishes): Told {
  return { isLast: headersSent || retry >= lastRetry, isRepeatable: base === null || idempotencyKey !== null };
}

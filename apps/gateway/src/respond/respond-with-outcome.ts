import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type RequestKey } from '@batch-gpt/contracts';
import { failureOutcome, type BatchStore, type Outcome, type RequestRecord } from '@batch-gpt/domain';
import { type Metrics } from '@batch-gpt/metrics';
import { type Acceptance } from '../accept/accept-request.ts';
import { type GatewayClock } from '../gateway-clock.ts';
import { holdConnection } from '../hold/hold-connection.ts';
import { outcomeLost, shuttingDown, stillProcessing } from '../hold/hold-errors.ts';
import { holdPlan, type HoldSettings } from '../hold/hold-plan.ts';
import { requestObjectText } from '../objects/request-object.ts';
import { type Wishes } from '../wishes/read-wishes.ts';
import { type Within } from '../within.ts';
import { requestHeaders, type Headers } from './answer-headers.ts';
import { type Deliveries } from './note-deliveries.ts';
import { type Waiter, type Waiters } from './waiters.ts';
import { writeJson, writeOutcome } from './write-json.ts';

type Pending = Extract<Acceptance, { kind: 'pending' }>;

/** A call that waits for its outcome on its own connection. */
export interface Waiting extends Pick<Waiter, 'key'> {
  /** Holds the connection until there is an answer, and gives it; throws the AppError to answer with instead. */
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
}

/** Gives callers what they came for: the outcome, or a handle. */
export interface Responder {
  /** To be called before the key is looked up, so that no announcement is missed. */
  wait(key: RequestKey, res: ServerResponse): Waiting;
  respond(res: ServerResponse, record: RequestRecord, outcome: Outcome, headers: Headers): void;
  /** 202 with where to look. */
  respondAccepted(res: ServerResponse, record: RequestRecord, applied: string, headers: Headers): Promise<void>;
}

export interface ResponderOptions {
  readonly batches: Pick<BatchStore, 'get'>;
  readonly waiters: Waiters;
  readonly deliveries: Deliveries;
  readonly within: Within;
  readonly clock: GatewayClock;
  readonly metrics: Metrics;
  readonly hold: HoldSettings;
}

export function createResponder(options: ResponderOptions): Responder {
  const { batches, waiters, deliveries, within, clock, metrics } = options;

  const respond: Responder['respond'] = (res, record, outcome, headers) => {
    deliveries.noteWhenSent(record, res);
    writeOutcome(res, outcome, { ...headers, ...requestHeaders(record, outcome.batchId) });
  };

  const respondAccepted: Responder['respondAccepted'] = async (res, record, applied, headers) => {
    const batch = record.batchId === null ? null : await within(batches.get(record.batchId));
    writeJson(res, 202, requestObjectText(record, batch), {
      ...headers,
      ...requestHeaders(record),
      location: `/v1/requests/${record.key}`,
      ...(applied === '' ? {} : { 'preference-applied': applied }),
    });
  };

  const hold = async (waiter: Waiter, res: ServerResponse, { req, acceptance, wishes, headers }: Held) => {
    const plan = holdPlan(req, options.hold);
    const limit = Math.min(plan.limit, wishes.waitMs ?? Infinity);
    const onLimit = () => waiter.end({ kind: 'limit' });
    const held = holdConnection({ res, plan: { ...plan, limit }, settings: options.hold, clock, onLimit });
    metrics.heldConnections.inc();
    waiter.arm(acceptance.record, acceptance.notDoneAt);
    const end = await waiter.ended;
    held.release();
    metrics.heldConnections.dec();
    metrics.holdOutcomes.inc({ outcome: end.kind });
    metrics.holdDuration.observe((clock.monotonic() - waiter.since) / 1000);

    const record = waiter.seen ?? acceptance.record;
    switch (end.kind) {
      case 'outcome':
        respond(res, end.record, end.record.outcome, headers);
        return;
      case 'trouble': {
        // Not stored, but as final for this call as if it were: a repeat is told the same.
        const told = failureOutcome(end.cause, end.record.batchId, clock.now());
        writeOutcome(res, told, { ...headers, ...requestHeaders(end.record) });
        return;
      }
      case 'disconnected':
        return;
      case 'lost':
        throw outcomeLost();
      case 'draining':
        throw withHeaders(res, record, headers, shuttingDown(record));
      case 'limit':
        if (wishes.waitMs !== null) await respondAccepted(res, record, wishes.applied, headers);
        else
          throw withHeaders(res, record, headers, stillProcessing(record, wishes.retry, isRepeatable(record, wishes)));
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

/** A private row without a name of the caller's cannot be found again by a new call. */
const isRepeatable = ({ base }: RequestRecord, { idempotencyKey }: Wishes): boolean =>
  base === null || idempotencyKey !== null;

function withHeaders<E>(res: ServerResponse, record: RequestRecord, headers: Headers, error: E): E {
  for (const [name, value] of Object.entries({ ...headers, ...requestHeaders(record) })) res.setHeader(name, value);
  return error;
}

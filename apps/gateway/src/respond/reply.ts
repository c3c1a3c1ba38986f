import { type ServerResponse } from 'node:http';
import { errorEnvelope } from '@batch-gpt/contracts';
import { type FailedStream, type Outcome, type RequestRecord, type StreamWish } from '@batch-gpt/domain';
import { AppError, toEnvelope } from '@batch-gpt/errors';
import { parseJson } from '@batch-gpt/hashing';
import { beginStream, writeComment, writeEvents, type Pace } from '../replay/write-events.ts';
import { writeText } from '../replay/write-text.ts';
import { requestHeaders, type Headers } from './answer-headers.ts';
import { writeOutcome } from './write-json.ts';

/** A call that is about to be answered. */
export interface Answering {
  readonly res: ServerResponse;
  readonly record: RequestRecord;
  /** What was found out about the call; an answer that has begun has sent them. */
  readonly headers: Headers;
  /** Null: in one piece. */
  readonly stream: StreamWish | null;
}

/** No answer nests so deep, and what writes it recurses. */
const maxDepth = 1000;

/** Gives an outcome in the form that its caller chose; resolves when the last of it is written, or nobody listens. */
export async function replyWithOutcome(answering: Answering, outcome: Outcome, pace: Pace): Promise<void> {
  const { res, record, stream } = answering;
  const headers = { ...answering.headers, ...requestHeaders(record, outcome.batchId) };
  if (stream !== null && outcome.kind === 'succeeded') {
    await pace.takeTurn();
    const answer = parseAnswer(outcome.body);
    if (answer instanceof AppError) await replyWithError(answering, answer, pace);
    else await replay(res, stream, answer, { headers, batchId: outcome.batchId, pace });
  } else if (!res.headersSent) {
    await writeOutcome(res, outcome, headers, pace);
  } else if (stream === null) {
    await writeText(res, outcome.body, pace);
  } else {
    await writeEvents(res, failureEvents(stream, record, errorIn(outcome.body)), pace);
  }
}

/** Gives an error in the form that its caller chose; throws it where its status can still be sent. */
export async function replyWithError(answering: Answering, error: AppError, pace: Pace): Promise<void> {
  const { res, record, headers, stream } = answering;
  if (!res.headersSent) {
    for (const [name, value] of Object.entries({ ...headers, ...requestHeaders(record) })) res.setHeader(name, value);
    throw error;
  }
  const envelope = toEnvelope(error);
  if (stream === null) await writeText(res, JSON.stringify(envelope), pace);
  else await writeEvents(res, failureEvents(stream, record, { ...envelope.error }), pace);
}

/** What a stream that began early could not know in its headers comes as a comment. */
async function replay(
  res: ServerResponse,
  { replay: { answer: eventsOf }, ...options }: StreamWish,
  answer: { readonly value: unknown },
  { headers, batchId, pace }: { readonly headers: Headers; readonly batchId: string | null; readonly pace: Pace },
): Promise<void> {
  const events = eventsOf(answer.value, options);
  if (!res.headersSent) beginStream(res, headers);
  else if (batchId !== null) writeComment(res, `batch-id: ${batchId}`);
  await writeEvents(res, events, pace);
}

function failureEvents({ replay }: StreamWish, record: RequestRecord, error: FailedStream['error']) {
  const { key, model, acceptedAt } = record;
  return replay.failure({ error, key, model, acceptedAt });
}

function parseAnswer(body: string): { readonly value: unknown } | AppError {
  try {
    return { value: parseJson(body, { maxDepth }) };
  } catch (cause) {
    return new AppError('provider_refused', "The provider's answer is not of a form that can be streamed.", { cause });
  }
}

/** Failures are stored as error envelopes. */
function errorIn(body: string): FailedStream['error'] {
  const answer = parseAnswer(body);
  const envelope = answer instanceof AppError ? null : errorEnvelope.safeParse(answer.value);
  if (envelope?.success === true) return envelope.data.error;
  return { ...toEnvelope(new AppError('provider_refused', 'The provider refused the request.')).error };
}

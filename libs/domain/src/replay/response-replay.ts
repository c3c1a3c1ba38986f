import { itemSteps } from './response-items.ts';
import { emptied, type Step } from './response-step.ts';
import { listOf, objectOf, type FailedStream, type StreamEvent, type StreamReplay } from './stream-replay.ts';

/** How `/v1/responses` streams. Source: API reference (streaming events of the Responses API). */
export const responseReplay: StreamReplay = {
  answer: (answer) => numbered(answerSteps(answer)),
  failure: (failed) => numbered(failureSteps(failed)),
};

/** Every event repeats its name, and counts from 0 without gaps. */
function* numbered(steps: Iterable<Step>): Generator<StreamEvent, undefined> {
  let sequence = 0;
  for (const { type, ...fields } of steps) {
    yield { name: type, data: JSON.stringify({ type, sequence_number: sequence, ...fields }) };
    sequence += 1;
  }
}

function* answerSteps(answer: unknown): Generator<Step, undefined> {
  const response = objectOf(answer);
  // What a response only has at its end, where this one has it at all.
  const later = { usage: null, completed_at: null, error: null, incomplete_details: null };
  const begun = { ...emptied(response, later), status: 'in_progress', output: [] };
  if (response['background'] === true) {
    const queued = { ...begun, status: 'queued' };
    yield { type: 'response.created', response: queued };
    yield { type: 'response.queued', response: queued };
  } else yield { type: 'response.created', response: begun };
  yield { type: 'response.in_progress', response: begun };
  for (const [index, item] of listOf(response['output']).entries()) yield* itemSteps(objectOf(item), index);
  yield { type: lastEvent(response['status']), response };
}

/** There is no event for a cancelled response: it ends without being whole. */
function lastEvent(status: unknown): string {
  if (status === 'failed') return 'response.failed';
  return status === 'incomplete' || status === 'cancelled' ? 'response.incomplete' : 'response.completed';
}

/** The nested form of the error, which every SDK throws; the provider sends the failed response after it. */
function* failureSteps({ error, key, model, acceptedAt }: FailedStream): Generator<Step, undefined> {
  yield { type: 'error', error };
  const { code, message } = error;
  const response = {
    id: `resp_${key}`,
    object: 'response',
    created_at: Math.floor(acceptedAt / 1000),
    status: 'failed',
    error: { code: typeof code === 'string' ? code : 'server_error', message },
    incomplete_details: null,
    model,
    output: [],
    usage: null,
  };
  yield { type: 'response.failed', response };
}

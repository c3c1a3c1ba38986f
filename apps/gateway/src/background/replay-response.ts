import { endpointTable, type StreamEvent } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type JsonObject } from './response-echo.ts';

const { replay } = endpointTable['/v1/responses'];

/** The events of a response that has ended, those after the given number; throws AppError `unsupported_value` for others. */
export function replayResponse(response: JsonObject, after: number): Iterable<StreamEvent> {
  const { id, status } = response;
  if (status === 'queued' || status === 'in_progress') {
    throw new AppError(
      'unsupported_value',
      `Response '${String(id)}' is ${status}; it can be streamed once it has ended. Leave out 'stream' to poll it.`,
      { param: 'stream' },
    );
  }
  if (replay === null) throw new Error('responses have a stream');
  // They are numbered from 0 without gaps.
  return Iterator.from(replay.answer(response, { includeUsage: false })).drop(after + 1);
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

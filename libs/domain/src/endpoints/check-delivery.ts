import { AppError } from '@batch-gpt/errors';
import { isObject, type StreamReplay } from '../replay/stream-replay.ts';
import { type RequestBody } from './endpoint.ts';
import { isAbsent, wrongType } from './refusals.ts';

/**
 * Refuses a way of delivery that is malformed, that the endpoint does not have (`replay` null: no streams) or that is
 * not built yet, instead of answering in a form that was not asked for.
 */
export function checkDelivery(body: RequestBody, replay: StreamReplay | null): AppError | null {
  return checkStream(body, replay) ?? checkBackground(body);
}

function checkStream({ stream, stream_options: options }: RequestBody, replay: StreamReplay | null): AppError | null {
  if (!isAbsent(stream) && typeof stream !== 'boolean') return wrongType('stream', 'a boolean', stream);
  if (stream !== true) return null;
  if (replay === null) {
    const message = "Streaming is not supported here: leave out 'stream' or send false.";
    return new AppError('unsupported_value', message, { param: 'stream' });
  }
  return isAbsent(options) || isObject(options) ? null : wrongType('stream_options', 'an object', options);
}

function checkBackground(body: RequestBody): AppError | null {
  if (body['background'] !== true) return null;
  const message =
    "Background mode is not supported yet: leave out 'background', or send the header 'Prefer: respond-async'.";
  return new AppError('unsupported_value', message, { param: 'background' });
}

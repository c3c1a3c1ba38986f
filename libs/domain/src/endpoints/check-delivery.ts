import { AppError } from '@batch-gpt/errors';
import { isObject, type StreamReplay } from '../replay/stream-replay.ts';
import { type RequestBody } from './endpoint.ts';
import { isAbsent, wrongType } from './refusals.ts';

/**
 * Refuses a way of delivery that is malformed or that the endpoint does not have (`replay` null: no streams), instead of
 * answering in a form that was not asked for.
 */
export function checkDelivery(body: RequestBody, replay: StreamReplay | null): AppError | null {
  return checkStream(body, replay) ?? refuseBackground(body);
}

/** As {@link checkDelivery}, for the endpoint that has a background mode. */
export function checkBackgroundDelivery(body: RequestBody, replay: StreamReplay | null): AppError | null {
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

function refuseBackground(body: RequestBody): AppError | null {
  if (body['background'] !== true) return null;
  const message = "Only responses have a background mode: leave out 'background', or send 'Prefer: respond-async'.";
  return new AppError('unsupported_value', message, { param: 'background' });
}

function checkBackground({ background, stream, store }: RequestBody): AppError | null {
  if (!isAbsent(background) && typeof background !== 'boolean') return wrongType('background', 'a boolean', background);
  if (background !== true) return null;
  if (stream === true) {
    const message =
      "A background response cannot be streamed while it is made: leave out 'stream', and stream it by its id once it has ended.";
    return new AppError('unsupported_value', message, { param: 'stream' });
  }
  if (store !== false) return null;
  return new AppError('unsupported_value', "Background mode needs 'store': the response is kept to be polled.", {
    param: 'store',
  });
}

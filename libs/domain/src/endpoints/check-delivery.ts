import { AppError } from '@batch-gpt/errors';
import { type RequestBody } from './endpoint.ts';

/** Refuses the two ways of delivery that are not built yet, instead of answering in a form that was not asked for. */
export function checkDelivery(body: RequestBody): AppError | null {
  if (body['stream'] === true) {
    return new AppError('unsupported_value', "Streaming is not supported yet: leave out 'stream' or send false.", {
      param: 'stream',
    });
  }
  if (body['background'] === true) {
    const message =
      "Background mode is not supported yet: leave out 'background', or send the header 'Prefer: respond-async'.";
    return new AppError('unsupported_value', message, { param: 'background' });
  }
  return null;
}

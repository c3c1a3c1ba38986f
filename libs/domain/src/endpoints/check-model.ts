import { modelName } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import { type RequestBody } from './endpoint.ts';
import { isAbsent, missing, wrongType } from './refusals.ts';

/** Longest model name in its percent-encoded form: it has to fit into a group's id. */
const encodedLimit = 768;

/** Every batch line names its model. */
export function checkModel(body: RequestBody): AppError | null {
  const model = body['model'];
  if (isAbsent(model)) return missing('model');
  if (typeof model !== 'string') return wrongType('model', 'a string', model);
  // Lone surrogates first: percent-encoding throws on them.
  if (!modelName.safeParse(model).success || !model.isWellFormed() || encodeURIComponent(model).length > encodedLimit) {
    return new AppError('invalid_value', "Invalid 'model': expected a model name of 1 to 256 printable characters.", {
      param: 'model',
    });
  }
  return null;
}

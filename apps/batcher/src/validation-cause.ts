import type { FailureCause, ProviderSnapshot } from '@batch-gpt/domain';

/** One entry of a rejected batch's errors. */
export type ValidationError = ProviderSnapshot['errors'][number];

/** A line that the provider's validation refused would have been refused with 400 on the direct way, too. */
export function validationCause(error: ValidationError): FailureCause {
  return {
    status: 400,
    type: 'invalid_request_error',
    code: error.code ?? 'batch_failed',
    message: error.message,
    param: error.param,
  };
}

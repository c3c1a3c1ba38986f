import { type AppError } from './app-error.ts';

/** The body of every error answer, in OpenAI's shape. */
export interface ErrorEnvelope {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

const HIDDEN_MESSAGE = 'The server had an error while processing your request.';

/** The body to answer with; the message of a hidden code stays inside. */
export function toEnvelope(error: AppError): ErrorEnvelope {
  const { type, hidden } = error.rule;
  return {
    error: {
      message: hidden ? HIDDEN_MESSAGE : error.message,
      type,
      param: hidden ? null : error.param,
      code: hidden ? 'internal_error' : error.code,
    },
  };
}

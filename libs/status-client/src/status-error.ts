import { errorEnvelope } from '@batch-gpt/contracts';

/** Why the gateway was not heard or did not do it. */
export class StatusError extends Error {
  /** `unreachable`: no answer. `unreadable`: an answer of another release, or of something else. `refused`: an error. */
  readonly kind: 'unreachable' | 'unreadable' | 'refused';
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  /** The code in the table of errors; null where none was told. */
  readonly code: string | null;

  constructor(
    message: string,
    { kind, status = null, code = null, cause }: Pick<StatusError, 'kind'> & Partial<StatusErrorFacts>,
  ) {
    super(message, { cause });
    this.name = 'StatusError';
    this.kind = kind;
    this.status = status;
    this.code = code;
  }

  /** Whether the token is missing or wrong: asking again is of no use. */
  get isUnauthorized(): boolean {
    return this.status === 401;
  }
}

interface StatusErrorFacts {
  readonly status: number | null;
  readonly code: string | null;
  readonly cause: unknown;
}

/** What an error answer says. */
export async function refusalOf(response: Response): Promise<StatusError> {
  const { status } = response;
  try {
    const { code = null, message } = errorEnvelope.parse(await response.json()).error;
    return new StatusError(message, { kind: 'refused', status, code });
  } catch (cause) {
    // Something in between answered, in its own way.
    return new StatusError(`The gateway answered with status ${status}.`, { kind: 'refused', status, cause });
  }
}

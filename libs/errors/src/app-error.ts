import { type ErrorCode, type ErrorRule, errorTable } from './error-table.ts';

/** What may accompany a message; none of it may hold a key, a token or a prompt. */
export interface AppErrorOptions {
  /** Facts for the log. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The field of the caller's body that is at fault, as OpenAI's `error.param`. */
  readonly param?: string;
  /** Overrides the table's pause before a retry, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** The one error class: a code of the table, a message a caller may read (unless the code is hidden), and its cause. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly param: string | null;
  readonly retryAfterMs: number | null;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'AppError';
    this.code = code;
    this.details = options.details ?? {};
    this.param = options.param ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }

  /** The table's row of this error's code. */
  get rule(): ErrorRule {
    return errorTable[this.code];
  }

  /** Tells whether a caught value is an AppError, of one of the given codes if any are given. */
  static is(value: unknown, ...codes: readonly ErrorCode[]): value is AppError {
    return value instanceof AppError && (codes.length === 0 || codes.includes(value.code));
  }
}

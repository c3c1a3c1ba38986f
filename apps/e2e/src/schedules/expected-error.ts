import { AppError } from '@batch-gpt/errors';
import type { Logger } from '@batch-gpt/logging';
import type { Violate } from './violations.ts';

/** What a doubtful answer carries. */
export const noAnswer = 'no answer came';

const passing = ['store_unavailable', 'queue_unavailable', 'provider_unavailable', 'account_parked'] as const;

/** Whether an error is one that the world's faults explain. */
function isExpected(error: unknown): boolean {
  if (passing.some((code) => AppError.is(error, code))) return true;
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  return name === 'AbortError' || message === 'aborted' || message === noAnswer;
}

/** Ends a job as a queue would: what passes is tried again by somebody, anything else is a bug. */
export function endJob(job: Promise<void>, violate: Violate): Promise<void> {
  return job.catch((error: unknown) => noteError(error, violate));
}

function noteError(error: unknown, violate: Violate): void {
  if (!isExpected(error)) violate('unexpected error', error instanceof Error ? (error.stack ?? error.message) : 'odd');
}

/** A logger that writes nothing, and looks at every error that it is given. */
export function watchingLogger(violate: Violate, trace: (line: string) => void): Logger {
  const write: Logger['info'] = (message, fields) => {
    if (fields?.['err'] !== undefined) noteError(fields['err'], violate);
    trace(message);
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  return logger;
}

import type { ResultLine } from '@batch-gpt/contracts';

/**
 * What a row says by itself, whoever asks.
 *
 * - `succeeded`: 2xx with a body.
 * - `refused`: a 4xx that the same request would get again.
 * - `failed`: 408, 429, 5xx, status 0, a timeout, or something unknown: the provider's side, another run may work.
 * - `expired`: the window ended before it was run.
 * - `cancelled`: the batch was cancelled before it was run.
 */
export type RowClass = 'succeeded' | 'refused' | 'failed' | 'expired' | 'cancelled';

/** Classifies a row (design, section 8, the table of lines). */
export function classifyRow({ response, error }: Pick<ResultLine, 'response' | 'error'>): RowClass {
  if (response === null) return classOfCode(error?.code ?? null);
  const { status_code: status, body } = response;
  if (isSuccessStatus(status)) return typeof body === 'object' && body !== null ? 'succeeded' : 'failed';
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'failed';
}

/** Whether the provider counts such a row as completed. */
export function isSuccessStatus(status: number): boolean {
  return status >= 200 && status < 300;
}

function classOfCode(code: string | null): RowClass {
  if (code === 'batch_expired') return 'expired';
  return code === 'batch_cancelled' ? 'cancelled' : 'failed';
}

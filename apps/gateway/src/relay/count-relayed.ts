import { AppError } from '@batch-gpt/errors';
import { type Metrics } from '@batch-gpt/metrics';
import { type Response } from 'express';

/** Why a call went past the batches. */
export type RelayKind = 'relay' | 'realtime';

/** Counts a relayed call once it has ended, by its status or by our error. */
export async function countRelayed(
  metrics: Pick<Metrics, 'relayedCalls'>,
  kind: RelayKind,
  res: Response,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    metrics.relayedCalls.inc({ kind, result: `${Math.floor(res.statusCode / 100)}xx` });
  } catch (error) {
    metrics.relayedCalls.inc({ kind, result: AppError.is(error) ? error.code : 'internal_error' });
    throw error;
  }
}

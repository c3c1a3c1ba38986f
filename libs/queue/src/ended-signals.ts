import type { EndedSignals } from '@batch-gpt/domain';
import { createPublisher, type PublisherOptions } from './publisher.ts';

/**
 * Announces ended batches. A batch has one waiting job at most; an announcement while it is being settled is kept and
 * becomes the next job, so that none is lost.
 */
export function createEndedSignals(options: PublisherOptions): EndedSignals & AsyncDisposable {
  const publisher = createPublisher('finishedBatches', options);
  return {
    announceEnded: (batchId) =>
      publisher.publish({ batchId }, { deduplication: { id: batchId, keepLastIfActive: true } }),
    [Symbol.asyncDispose]: () => publisher[Symbol.asyncDispose](),
  };
}

import type { BatchStore, RequestStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { createMemoryBatchStore } from './memory-batch-store.ts';
import { createMemoryRequestStore } from './memory-request-store.ts';
import type { RunCall } from './run-call.ts';

export interface MemoryStores {
  readonly requests: RequestStore;
  readonly batches: BatchStore;
  /** While away every call rejects with `store_unavailable` and changes nothing. */
  readonly setAway: (away: boolean) => void;
}

/** Both stores in memory: they pass the conformance suites, hold everything, and are gone with their owner. */
export function createMemoryStores(): MemoryStores {
  let away = false;
  const run: RunCall = (call) =>
    new Promise((resolve) => {
      if (away) throw new AppError('store_unavailable', 'the store is away');
      resolve(call());
    });
  return {
    requests: createMemoryRequestStore(run),
    batches: createMemoryBatchStore(run),
    setAway: (value) => {
      away = value;
    },
  };
}

/** Prompt tokens enqueued per model: counted while a batch is pending, released when it is done. */
export interface TokenBudget {
  /** Takes tokens for a batch; false if the limit (0 for none) would be passed. */
  take(batchId: string, model: string, tokens: number, limit: number): boolean;
  release(batchId: string): void;
}

/** Starts with nothing enqueued; holds one entry for each pending batch. */
export function createTokenBudget(): TokenBudget {
  const pending = new Map<string, { model: string; tokens: number }>();
  return {
    take(batchId, model, tokens, limit) {
      const enqueued = pending
        .values()
        .filter((entry) => entry.model === model)
        .reduce((sum, entry) => sum + entry.tokens, 0);
      if (limit > 0 && enqueued + tokens > limit) return false;
      pending.set(batchId, { model, tokens });
      return true;
    },
    release(batchId) {
      pending.delete(batchId);
    },
  };
}

/** Prompt tokens enqueued per model: counted while a batch is pending, released when it is done. */
export interface TokenBudget {
  /** Takes tokens for a batch; false if the limit (0 for none) would be passed. */
  take(batchId: string, model: string, tokens: number, limit: number): boolean;
  release(batchId: string): void;
  /** Tokens of all pending batches, per model. */
  enqueued(): Record<string, number>;
}

/** Starts with nothing enqueued; holds one entry for each pending batch. */
export function createTokenBudget(): TokenBudget {
  const pending = new Map<string, { model: string; tokens: number }>();
  function enqueued(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { model, tokens } of pending.values()) sums[model] = (sums[model] ?? 0) + tokens;
    return sums;
  }
  return {
    enqueued,
    take(batchId, model, tokens, limit) {
      if (limit > 0 && (enqueued()[model] ?? 0) + tokens > limit) return false;
      pending.set(batchId, { model, tokens });
      return true;
    },
    release(batchId) {
      pending.delete(batchId);
    },
  };
}

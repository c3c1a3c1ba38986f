import { AppError } from '@batch-gpt/errors';

/** Something that waits for its tick; `bytes` is what it holds in memory. */
export interface TickItem {
  readonly bytes: number;
}

export interface CollectTicksOptions<T extends TickItem> {
  /** Handles what came together; never rejects, tells each item by itself. */
  readonly flush: (items: readonly T[]) => Promise<void>;
  /** Ticks under way at a time: while that many are, items gather for the next. */
  readonly maxRunning: number;
  readonly maxWaiting: number;
  /** What one tick takes at most; a single larger item is a tick of its own. */
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** Gathers items. */
export interface TickCollector<T extends TickItem> extends AsyncDisposable {
  /** Throws AppError `store_unavailable` when too many wait already. */
  add(item: T): void;
}

/**
 * Gathers all items of one event-loop turn into a tick. Under load ticks grow instead of multiplying, which is what a
 * database likes.
 */
export function collectTicks<T extends TickItem>(options: CollectTicksOptions<T>): TickCollector<T> {
  const { flush, maxRunning, maxWaiting } = options;
  let waiting: T[] = [];
  let scheduled = false;
  const running = new Set<Promise<void>>();

  const schedule = () => {
    if (scheduled || waiting.length === 0 || running.size >= maxRunning) return;
    scheduled = true;
    setImmediate(runTicks);
  };
  const runTicks = () => {
    scheduled = false;
    while (waiting.length > 0 && running.size < maxRunning) {
      const count = fitting(waiting, options);
      const items = waiting.slice(0, count);
      waiting = waiting.slice(count);
      const tick = flush(items).finally(() => {
        running.delete(tick);
        schedule();
      });
      running.add(tick);
    }
  };

  return {
    add: (item) => {
      if (waiting.length >= maxWaiting) {
        throw new AppError('store_unavailable', 'The server cannot store requests fast enough; try again shortly.');
      }
      waiting.push(item);
      schedule();
    },
    async [Symbol.asyncDispose]() {
      while (waiting.length > 0 || running.size > 0) {
        await Promise.all(running);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

function fitting<T extends TickItem>(
  items: readonly T[],
  { maxItems, maxBytes }: Pick<CollectTicksOptions<T>, 'maxItems' | 'maxBytes'>,
): number {
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += item.bytes;
    return index >= maxItems || bytes > maxBytes;
  });
  return end === -1 ? items.length : Math.max(1, end);
}

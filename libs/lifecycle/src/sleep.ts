import { setTimeout } from 'node:timers/promises';

/** Resolves after that many milliseconds, or at once when the signal aborts; look at the signal to tell which. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, signal && { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}

import type { LiveProcess } from '@batch-gpt/contracts';

/**
 * Who is alive, by what processes say of themselves: lost with Redis, never a truth. Every method rejects with AppError
 * `queue_unavailable`, fast, when Redis is away.
 */
export interface LiveProcesses {
  /** Says it, for the next fifteen seconds. */
  announce(process: LiveProcess): Promise<void>;
  /** Takes it back: this process ends. */
  withdraw(id: string): Promise<void>;
  /** Those that said so lately, at most 200. */
  list(): Promise<readonly LiveProcess[]>;
}

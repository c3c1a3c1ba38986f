import type { KeepBodies } from '@batch-gpt/domain';
import type { ErrorCode } from '@batch-gpt/errors';

/** What a worker is started with. */
export interface WorkerOptions {
  readonly path: string;
  readonly keepRequestBodies: KeepBodies;
  /** How long a transaction waits for another process's, in milliseconds. */
  readonly busyTimeout: number;
}

/** One call of an operation. */
export interface Call {
  readonly id: number;
  readonly kind: 'reads' | 'writes';
  readonly name: string;
  readonly args: readonly unknown[];
}

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
}

export type Reply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: WireError };

export type ToWorker = { readonly type: 'calls'; readonly calls: readonly Call[] } | { readonly type: 'close' };

/** `open` comes once, before any replies; `failed` instead of it when the file cannot be opened. */
export type FromWorker =
  | { readonly type: 'open' }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'replies'; readonly replies: readonly Reply[] };

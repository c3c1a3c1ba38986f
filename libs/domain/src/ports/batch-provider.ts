import type { AccountId, BatchEndpoint, ProviderBatch, ProviderFile } from '@batch-gpt/contracts';
import type { FailureCause } from '../batch.ts';

/**
 * What came of a call that must not be repeated blindly (design, section 7, "Answers of upload and create").
 *
 * - `done`: it happened.
 * - `doubtful`: timeout, reset, 5xx, 408, 409, an unreadable body, a 4xx without OpenAI's envelope: it may have happened.
 * - `wait`: 429 rate or slow-down: it did not happen; try again after `retryAfter` milliseconds.
 * - `parked`: 401, 403, quota or billing: it did not happen, and will not until somebody acts on the account.
 * - `refused`: any other 4xx: it did not happen, and never will for this file.
 */
export type SubmitAnswer<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'doubtful'; readonly error: Error }
  | { readonly kind: 'wait'; readonly retryAfter: number; readonly cause: FailureCause }
  | { readonly kind: 'parked'; readonly cause: FailureCause }
  | { readonly kind: 'refused'; readonly cause: FailureCause };

/** An input file on local disk, ready to be uploaded. */
export interface LocalInputFile {
  readonly path: string;
  /** Ends in `.jsonl`; names the batch, so that an orphan can be found. */
  readonly filename: string;
  readonly bytes: number;
}

/** A file's content at the provider: the byte count of its file object, and its bytes as they come. */
export interface ProviderContent {
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * One account at the provider. Nothing here retries a paid or file-making call. Reading calls throw AppError
 * `provider_unavailable` (transient) or `account_parked` (401, 403, billing); 404 is null.
 */
export interface BatchProvider {
  /** Streams the file up; flat memory; content-length framing. */
  uploadInputFile(file: LocalInputFile, signal: AbortSignal): Promise<SubmitAnswer<ProviderFile>>;
  getFile(id: string, signal: AbortSignal): Promise<ProviderFile | null>;
  /** Resolves once the provider confirmed that the file is gone (deleted now or before). */
  deleteFile(id: string, signal: AbortSignal): Promise<void>;
  openFile(id: string, signal: AbortSignal): Promise<ProviderContent | null>;
  /** Files with purpose `batch`, oldest first; `after` is the last id of the page before. */
  listInputFiles(
    after: string | null,
    signal: AbortSignal,
  ): Promise<{ readonly files: readonly ProviderFile[]; readonly hasMore: boolean }>;

  /** `POST /v1/batches` exactly once, with completion window 24h. */
  createBatch(
    request: {
      readonly inputFileId: string;
      readonly endpoint: BatchEndpoint;
      readonly metadata: Readonly<Record<string, string>>;
    },
    signal: AbortSignal,
  ): Promise<SubmitAnswer<ProviderBatch>>;
  getBatch(id: string, signal: AbortSignal): Promise<ProviderBatch | null>;
  /** Newest first; `after` is the last id of the page before; 100 a page. */
  listBatches(
    after: string | null,
    signal: AbortSignal,
  ): Promise<{ readonly batches: readonly ProviderBatch[]; readonly hasMore: boolean }>;
  /** Null when the provider does not know it; a batch that cannot be cancelled any more is returned as it is. */
  cancelBatch(id: string, signal: AbortSignal): Promise<ProviderBatch | null>;
}

/** The provider as an account sees it; null for an account that this process does not have. */
export type ProviderOf = (account: AccountId) => BatchProvider | null;

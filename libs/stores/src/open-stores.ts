import type { KeepBodies, StorePorts } from '@batch-gpt/domain';
import type { Logger } from '@batch-gpt/logging';

/** Where the system of record is; what the configuration's `storeEnv` gives. */
export type StoreChoice =
  | { readonly kind: 'mongo'; readonly url: string | HiddenText; readonly database: string }
  | { readonly kind: 'sqlite'; readonly path: string };

/** A text that does not print, like the configuration's `Secret`. */
export interface HiddenText {
  readonly reveal: () => string;
}

export interface StoresOptions {
  readonly store: StoreChoice;
  readonly logger: Logger;
  /** Of which requests the body stays after their outcome is stored; of none by default. */
  readonly keepRequestBodies?: KeepBodies;
}

/** The system of record, whichever it is. Disposal waits for open calls or ends them. */
export interface Stores extends StorePorts, AsyncDisposable {
  /** Largest request body or outcome text that fits, in bytes; more is AppError `body_too_large`. */
  readonly maxTextBytes: number;
  /** Rejects with AppError `store_unavailable` when the database does not answer. */
  readonly ping: () => Promise<void>;
}

/**
 * Opens the chosen store. Rejects with AppError `store_unavailable` when it cannot be used, `config_invalid` when it
 * never can. Only the chosen one is loaded: a run on SQLite pays nothing for the MongoDB driver.
 */
export async function openStores({ store, ...options }: StoresOptions): Promise<Stores> {
  switch (store.kind) {
    case 'mongo': {
      const { openMongoStores } = await import('@batch-gpt/store-mongo');
      const url = typeof store.url === 'string' ? store.url : store.url.reveal();
      return openMongoStores({ ...options, url, database: store.database });
    }
    case 'sqlite': {
      const { openSqliteStores } = await import('@batch-gpt/store-sqlite');
      return openSqliteStores({ ...options, path: store.path });
    }
    default:
      return store satisfies never;
  }
}

import type { BatchStore, RequestStore } from '@batch-gpt/domain';

/** The stores under test, empty when opened and gone after disposal. */
export interface StoresUnderTest extends AsyncDisposable {
  readonly requests: RequestStore;
  readonly batches: BatchStore;
}

export type OpenEmptyStores = () => Promise<StoresUnderTest>;

/** Gives a test fresh stores and disposes of them. */
export function withStores(
  open: OpenEmptyStores,
  test: (stores: StoresUnderTest) => Promise<void>,
): () => Promise<void> {
  return async () => {
    await using stores = await open();
    await test(stores);
  };
}

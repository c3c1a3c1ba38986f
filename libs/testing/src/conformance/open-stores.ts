import type { KeepBodies, StorePorts } from '@batch-gpt/domain';

/** The stores under test, empty when opened and gone after disposal. */
export type StoresUnderTest = StorePorts & AsyncDisposable;

export interface OpenOptions {
  readonly keepRequestBodies?: KeepBodies;
}

export type OpenEmptyStores = (options?: OpenOptions) => Promise<StoresUnderTest>;

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

import { silentLogger } from '@batch-gpt/logging';
import { batchStoreConformance, requestStoreConformance, type OpenEmptyStores } from '@batch-gpt/testing/conformance';
import { openSqliteStores } from './index.ts';
import { createTestFolder } from './testing/test-folder.ts';

const open: OpenEmptyStores = async () => {
  const folder = await createTestFolder();
  const stores = await openSqliteStores({ path: folder.file, logger: silentLogger });
  return {
    requests: stores.requests,
    batches: stores.batches,
    [Symbol.asyncDispose]: async () => {
      await stores[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

requestStoreConformance('store-sqlite', open);
batchStoreConformance('store-sqlite', open);

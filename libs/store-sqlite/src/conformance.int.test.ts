import { silentLogger } from '@batch-gpt/logging';
import { storesConformance, type OpenEmptyStores } from '@batch-gpt/testing/conformance';
import { openSqliteStores } from './index.ts';
import { createTestFolder } from './testing/test-folder.ts';

const open: OpenEmptyStores = async (options) => {
  const folder = await createTestFolder();
  const stores = await openSqliteStores({ path: folder.file, logger: silentLogger, ...options });
  return {
    ...stores,
    [Symbol.asyncDispose]: async () => {
      await stores[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

storesConformance('store-sqlite', open);

export type { OpenEmptyStores, StoresUnderTest } from './open-stores.ts';
export { batchStoreConformance } from './batch-store-conformance.ts';
export { requestStoreConformance } from './request-store-conformance.ts';

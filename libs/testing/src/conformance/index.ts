export type { OpenEmptyStores, StoresUnderTest } from './open-stores.ts';
export { storesConformance } from './stores-conformance.ts';

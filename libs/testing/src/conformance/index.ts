export type { OpenEmptyStores, StoresUnderTest } from './open-stores.ts';
export { storesConformance } from './stores-conformance.ts';
export { tenantUsageConformance, type UsageUnderTest } from './tenant-usage-conformance.ts';

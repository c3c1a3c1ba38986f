import { tenantUsageConformance } from '../conformance/tenant-usage-conformance.ts';
import { createMemoryStores } from './create-memory-stores.ts';

tenantUsageConformance('the memory store', () =>
  Promise.resolve({ ...createMemoryStores(), [Symbol.asyncDispose]: () => Promise.resolve() }),
);

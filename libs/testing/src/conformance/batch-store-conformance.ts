import { describe } from '@jest/globals';
import { movesConformance } from './batch-store/moves-conformance.ts';
import { ownershipConformance } from './batch-store/ownership-conformance.ts';
import { recordsConformance } from './batch-store/records-conformance.ts';
import type { OpenEmptyStores } from './open-stores.ts';

/** Declares Jest suites for what the batch port says, races included; `open` gives fresh, empty stores each time. */
export function batchStoreConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as a BatchStore`, () => {
    recordsConformance(open);
    movesConformance(open);
    ownershipConformance(open);
  });
}

import { describe } from '@jest/globals';
import type { OpenEmptyStores } from './open-stores.ts';
import { acceptAnewConformance } from './request-store/accept-anew-conformance.ts';
import { acceptConformance } from './request-store/accept-conformance.ts';
import { besideConformance } from './request-store/beside-conformance.ts';
import { claimConformance } from './request-store/claim-conformance.ts';
import { largeTextConformance } from './request-store/large-text-conformance.ts';
import { membersConformance } from './request-store/members-conformance.ts';
import { privateRowsConformance } from './request-store/private-rows-conformance.ts';
import { settleConformance } from './request-store/settle-conformance.ts';
import { sweepConformance } from './request-store/sweep-conformance.ts';
import { textConformance } from './request-store/text-conformance.ts';

/** Declares Jest suites for what the request port says, races included; `open` gives fresh, empty stores each time. */
export function requestStoreConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as a RequestStore`, () => {
    acceptConformance(open);
    acceptAnewConformance(open);
    privateRowsConformance(open);
    claimConformance(open);
    membersConformance(open);
    settleConformance(open);
    besideConformance(open);
    sweepConformance(open);
    textConformance(open);
    largeTextConformance(open);
  });
}

import { type TenantId } from '@batch-gpt/contracts';
import { type TenantUsage } from '@batch-gpt/domain';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';
import { keepReads } from './keep-reads.ts';

/** A count is made again after this many milliseconds; what this gateway let in since then counts on top. */
const countedFor = 2000;

/** Room for new requests of a tenant. */
export interface PendingLimit {
  /** Takes room for as many as there is, `wanted` at most. */
  reserve(tenant: TenantId, limit: number, wanted: number): Promise<Reserved>;
}

export interface Reserved {
  readonly granted: number;
  /** For requests that came to nothing after all. */
  giveBack(count: number): void;
}

export interface PendingLimitDeps {
  readonly usage: Pick<TenantUsage, 'pendingOf'>;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'monotonic'>;
}

/** Limits pending requests. What other gateways let in is seen when it is counted: together they may exceed it a little. */
export function createPendingLimit({ usage, within, clock }: PendingLimitDeps): PendingLimit {
  const counted = keepReads<{ readonly pending: number; since: number }>(countedFor, () => clock.monotonic());
  return {
    reserve: async (tenant, limit, wanted) => {
      const room = await counted(`${tenant}:${limit}`, async () => ({
        pending: await within(usage.pendingOf(tenant, limit)),
        since: 0,
      }));
      const granted = Math.max(0, Math.min(wanted, limit - room.pending - room.since));
      room.since += granted;
      return { granted, giveBack: (count) => void (room.since -= count) };
    },
  };
}

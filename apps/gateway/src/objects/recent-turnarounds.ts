import { type BatchId, type TenantId } from '@batch-gpt/contracts';
import { type BatchRecord, type BatchStore, type RequestRecord } from '@batch-gpt/domain';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';

/** How long comparable batches took lately, in milliseconds, shortest first: same tenant, endpoint and model. */
export type RecentTurnarounds = (
  request: Pick<RequestRecord, 'tenant' | 'endpoint' | 'model'>,
) => Promise<readonly number[]>;

export interface RecentTurnaroundsOptions {
  readonly batches: Pick<BatchStore, 'list'>;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'monotonic'>;
}

/** Sorted durations by endpoint and model. */
type Observed = ReadonlyMap<string, readonly number[]>;

/** Of a tenant's batches, so many are looked at, newest first. */
const pages = 2;
const pageSize = 100;
/** How long what was read may be used, in milliseconds. */
const maxAge = 5000;
const mostTenants = 1000;

/** Reads a tenant's latest batches once in a few seconds, however often it is asked: pollers ask for every request. */
export function createRecentTurnarounds({ batches, within, clock }: RecentTurnaroundsOptions): RecentTurnarounds {
  const kept = new Map<TenantId, { readonly since: number; readonly observed: Promise<Observed> }>();

  const read = async (tenant: TenantId): Promise<Observed> => {
    const settled: BatchRecord[] = [];
    let after: BatchId | null = null;
    for (let page = 0; page < pages; page += 1) {
      const found: readonly BatchRecord[] = await within(batches.list(tenant, after, pageSize));
      settled.push(...found.filter(isOrdinary));
      after = found.at(-1)?.id ?? null;
      if (after === null || found.length < pageSize) break;
    }
    return durationsOf(settled);
  };
  const readOnce = (tenant: TenantId): Promise<Observed> => {
    const known = kept.get(tenant);
    const now = clock.monotonic();
    if (known !== undefined && now - known.since < maxAge) return known.observed;
    const observed = read(tenant);
    kept.delete(tenant);
    kept.set(tenant, { since: now, observed });
    // Whoever asked is told; the next one tries again.
    observed.catch(() => kept.delete(tenant));
    for (const oldest of kept.keys()) {
      if (kept.size <= mostTenants) break;
      kept.delete(oldest);
    }
    return observed;
  };

  return async (request) => (await readOnce(request.tenant)).get(kindOf(request)) ?? [];
}

/** Only batches that went the ordinary way say how long another one will take. */
function isOrdinary({ state, provider, cancelRequestedAt, cause, trouble }: BatchRecord): boolean {
  return state === 'settled' && provider !== null && cancelRequestedAt === null && cause === null && trouble === null;
}

function durationsOf(settled: readonly BatchRecord[]): Observed {
  const byKind = Map.groupBy(settled, kindOf);
  return new Map(
    [...byKind].map(([kind, those]) => {
      const taken = those.map(({ createdAt, updatedAt }) => updatedAt - createdAt);
      return [kind, taken.toSorted((a, b) => a - b)];
    }),
  );
}

const kindOf = ({ endpoint, model }: Pick<BatchRecord, 'endpoint' | 'model'>): string => `${endpoint} ${model}`;

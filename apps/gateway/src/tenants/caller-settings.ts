import {
  type ApiKeyEntry,
  type HoldKind,
  type KeyLimits,
  type ServedMode,
  type TenantEntry,
  type TenantLimits,
} from '@batch-gpt/contracts';
import { type ServingMode } from '../wishes/read-wishes.ts';
import { modelPatterns } from './model-patterns.ts';

/** What holds for calls with one API key. Times are milliseconds; null leaves it to the deployment. */
export interface CallerSettings {
  /** Null: every one. */
  readonly modes: ReadonlySet<ServedMode> | null;
  readonly mayUseModel: (model: string) => boolean;
  readonly mode: ServingMode | null;
  readonly hold: HoldKind | null;
  readonly holdMax: number | null;
  /** Older answers are asked for anew. */
  readonly cacheTtl: number | null;
  /** Whether any limit of new work has to be looked at. */
  readonly limitsNewWork: boolean;
  readonly limits: { readonly tenant: Readonly<TenantLimits>; readonly key: Readonly<KeyLimits> };
}

const noKeyLimits: KeyLimits = { requestsPerMinute: null, waiters: null };
const noTenantLimits: TenantLimits = { ...noKeyLimits, pendingRequests: null, spendPerDay: null, spendPerMonth: null };

/** What holds where nobody said anything. */
export const unlimited: CallerSettings = {
  modes: null,
  mayUseModel: () => true,
  mode: null,
  hold: null,
  holdMax: null,
  cacheTtl: null,
  limitsNewWork: false,
  limits: { tenant: noTenantLimits, key: noKeyLimits },
};

/** A key may less than its tenant, never more; of defaults its own come first. */
export function callerSettings(key: ApiKeyEntry, tenant: TenantEntry): CallerSettings {
  const [ofTenant, ofKey] = [modelPatterns(tenant.models), modelPatterns(key.models)];
  const defaults = { ...tenant.defaults, ...key.defaults };
  return {
    modes: both(tenant.modes, key.modes),
    mayUseModel: (model) => ofTenant(model) && ofKey(model),
    mode: defaults.mode ?? null,
    hold: defaults.hold ?? null,
    holdMax: seconds(defaults.holdMaxSeconds),
    cacheTtl: seconds(key.cacheTtlSeconds ?? tenant.cacheTtlSeconds),
    limitsNewWork: hasLimitsOfNewWork(tenant.limits, key.limits),
    limits: { tenant: tenant.limits, key: key.limits },
  };
}

/** Those of open calls are no limits of new work. */
function hasLimitsOfNewWork({ waiters: _, ...ofTenant }: TenantLimits, { requestsPerMinute }: KeyLimits): boolean {
  return [...Object.values(ofTenant), requestsPerMinute].some((limit) => limit !== null);
}

function both(
  first: readonly ServedMode[] | undefined,
  second: readonly ServedMode[] | undefined,
): ReadonlySet<ServedMode> | null {
  if (first === undefined || second === undefined) return first || second ? new Set(first ?? second) : null;
  return new Set(first).intersection(new Set(second));
}

const seconds = (given: number | undefined): number | null => (given === undefined ? null : given * 1000);

import { type Caller } from '../tenant-of.ts';
import { type LimitNewWork } from '../tenants/limit-new-work.ts';

/** Throws the refusal of a relayed call that would be new work beyond what its tenant or key may. */
export type LimitRelayed = (caller: Caller) => Promise<void>;

/** The limits of new work for what goes past the batches: the spending and the rate, and not how many requests are pending. */
export function createLimitRelayed(limitNewWork: LimitNewWork): LimitRelayed {
  return async (caller) => {
    const { settings } = caller;
    const tenant = { ...settings.limits.tenant, pendingRequests: null };
    const limits = { ...settings.limits, tenant };
    const [refusal = null] = await limitNewWork([{ ...caller, settings: { ...settings, limits } }]);
    if (refusal !== null) throw refusal;
  };
}

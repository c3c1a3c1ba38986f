/*
 * What would become new work, of one tenant, and what lets it in:
 *
 *   spent too much? ─▶ room among the pending ─▶ rate of its key ─▶ rate of the tenant ─▶ let in
 *
 * Whoever is refused late gives back the room that it had taken. A key that calls too often must not use up its tenant's
 * rate, so its own comes first.
 */
import { type TenantId } from '@batch-gpt/contracts';
import { type CallRate, type CallRates } from '@batch-gpt/domain';
import { AppError, toAppError } from '@batch-gpt/errors';
import { type Caller } from '../tenant-of.ts';
import { keyRateOf, tenantRateOf } from './call-rate-of.ts';
import { createPendingLimit, type PendingLimitDeps } from './pending-limit.ts';
import { createSpendLimit, type SpendLimitDeps } from './spend-limit.ts';

/** Decides for each caller, in order, whether its call may become new work; null lets it in. Never rejects. */
export type LimitNewWork = (callers: readonly Caller[]) => Promise<readonly (AppError | null)[]>;

export interface LimitNewWorkDeps extends PendingLimitDeps, SpendLimitDeps {
  readonly usage: PendingLimitDeps['usage'] & SpendLimitDeps['usage'];
  readonly clock: SpendLimitDeps['clock'];
  readonly rates: CallRates;
}

/** A call that is to become new work. */
interface Asking {
  readonly caller: Caller;
  refusal: AppError | null;
}

/** Holds tenants and keys to their limits of new work. */
export function createNewWorkLimits(deps: LimitNewWorkDeps): LimitNewWork {
  const { rates } = deps;
  const refuseSpending = createSpendLimit(deps);
  const pendingLimit = createPendingLimit(deps);

  const takeRate = async (
    all: readonly Asking[],
    rateOf: (caller: Caller) => CallRate | null,
    whose: string,
  ): Promise<readonly Asking[]> => {
    const [first] = all;
    const rate = first === undefined ? null : rateOf(first.caller);
    if (rate === null) return all;
    const { granted, pause } = await rates.take(rate, all.length);
    for (const asking of all.slice(granted)) asking.refusal = tooOften(whose, rate.perMinute, pause);
    return all.slice(0, granted);
  };

  const limitRates = async (all: readonly Asking[], tenant: TenantId): Promise<readonly Asking[]> => {
    const left: Asking[] = [];
    for (const [keyName, ofKey] of Map.groupBy(all, ({ caller }) => caller.keyName)) {
      left.push(...(await takeRate(ofKey, keyRateOf, `the API key '${keyName ?? ''}' of the tenant '${tenant}'`)));
    }
    return takeRate(left, tenantRateOf, `the tenant '${tenant}'`);
  };

  const limitTenant = async (all: readonly Asking[], caller: Caller): Promise<void> => {
    const { tenant, settings } = caller;
    const limits = settings.limits.tenant;
    const refusal = await refuseSpending(tenant, limits);
    if (refusal !== null) {
      for (const asking of all) asking.refusal = refusal;
      return;
    }
    const most = limits.pendingRequests;
    const room = most === null ? null : await pendingLimit.reserve(tenant, most, all.length);
    const granted = room?.granted ?? all.length;
    for (const asking of all.slice(granted)) asking.refusal = tooManyPending(tenant, most ?? 0);
    let left: readonly Asking[] = [];
    try {
      left = await limitRates(all.slice(0, granted), tenant);
    } finally {
      room?.giveBack(granted - left.length);
    }
  };

  return async (callers) => {
    const all = callers.map((caller): Asking => ({ caller, refusal: null }));
    const limited = all.filter(({ caller }) => caller.settings.limitsNewWork);
    const tenants = [...Map.groupBy(limited, ({ caller }) => caller.tenant).values()];
    await Promise.all(
      tenants.map(async (asking) => {
        const [first] = asking;
        try {
          if (first) await limitTenant(asking, first.caller);
        } catch (error) {
          // One tenant's trouble is not the others'.
          for (const one of asking) one.refusal ??= toAppError(error);
        }
      }),
    );
    return all.map(({ refusal }) => refusal);
  };
}

const tooOften = (whose: string, perMinute: number, retryAfterMs: number) =>
  new AppError(
    'rate_limit_exceeded',
    `Rate limit reached for ${whose}: ${perMinute} new requests a minute. Please try again in ` +
      `${(retryAfterMs / 1000).toFixed(1)}s. Stored answers and requests that are under way are still served.`,
    { retryAfterMs },
  );

const tooManyPending = (tenant: string, most: number) =>
  new AppError(
    'too_many_pending_requests',
    `The tenant '${tenant}' has as many requests without an answer as it may: ${most}. Stored answers and requests that ` +
      'are under way are still served; try again when some are answered.',
  );

import { type IncomingMessage } from 'node:http';
import { tenantId, type AccountId, type TenantId } from '@batch-gpt/contracts';

/** Who calls, and whose provider account pays. */
export interface Caller {
  readonly tenant: TenantId;
  readonly account: AccountId;
}

/** Tells who sent a request. */
export type TenantOf = (req: IncomingMessage) => Caller;

/** The one tenant of a gateway without API keys: any bearer token, or none, is let in. */
export function createTenantOf(account: AccountId): TenantOf {
  const caller: Caller = { tenant: tenantId.parse('default'), account };
  return () => caller;
}

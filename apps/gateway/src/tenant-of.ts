import { type IncomingMessage } from 'node:http';
import { tenantId, type AccountId, type TenantId } from '@batch-gpt/contracts';
import { unlimited, type CallerSettings } from './tenants/caller-settings.ts';

/** Whose a request is, and whose provider account pays. */
export interface Owner {
  readonly tenant: TenantId;
  readonly account: AccountId;
}

/** Who calls, and what holds for this call. */
export interface Caller extends Owner {
  /** The API key's name, for logs and metrics; null where none is needed. */
  readonly keyName: string | null;
  readonly settings: CallerSettings;
}

/** Tells who sent a request; throws for a request that was let in by nobody. */
export type TenantOf = (req: IncomingMessage) => Caller;

/** Whose account pays for a tenant. */
export type AccountOf = (tenant: TenantId) => AccountId;

/** A caller whose account is looked up when somebody asks for it: it changes with the accounts, and reading needs none. */
export function createCaller(caller: Omit<Caller, 'account'>, accountOf: AccountOf): Caller {
  return {
    ...caller,
    get account() {
      return accountOf(caller.tenant);
    },
  };
}

/** The one tenant of a gateway without API keys: any bearer token, or none, is let in. */
export function openCaller(accountOf: AccountOf): Caller {
  const tenant = tenantId.parse('default');
  return createCaller({ tenant, keyName: null, settings: unlimited }, accountOf);
}

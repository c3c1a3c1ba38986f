import { type Accounts, sameCredentials, type Account } from '@batch-gpt/accounts';
import { type OwnedIdStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Caller } from '../tenant-of.ts';
import { type Within } from '../within.ts';

/** An account that can be called. */
export type OpenAccount = Account & { readonly credentials: NonNullable<Account['credentials']> };

/** Whose objects are whose at the provider, as far as they came through the relay. */
export interface Ownership {
  /** The account that pays for a caller; throws AppError `account_missing` where it cannot be called from here. */
  accountOf(caller: Caller): OpenAccount;
  /** The account that an object was made with, where the caller owns it; null otherwise. */
  accountOfId(caller: Caller, id: string): Promise<OpenAccount | null>;
  /** Whether objects of other tenants may be on the account: then a caller sees only its own. */
  isShared(account: Account): boolean;
  /** The same of the account that pays for a caller, which may have no key here. */
  sharesAccount(payer: Pick<Caller, 'account'>): boolean;
  ownedAmong(caller: Caller, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Which of these ids are known to be another tenant's. */
  foreignAmong(caller: Pick<Caller, 'tenant'>, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Durable when it resolves. */
  note(owner: Pick<Caller, 'tenant'>, account: Pick<Account, 'name'>, ids: readonly string[]): Promise<void>;
  forget(caller: Caller, id: string): Promise<void>;
}

export interface OwnershipDeps {
  readonly ownedIds: OwnedIdStore;
  readonly accounts: Accounts;
  /** Whether there is but one tenant, because no API keys are configured. */
  readonly isOpen: boolean;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
}

/** What the provider itself forgets after thirty days is not remembered for longer than its objects that stay. */
const keepFor = 10 * 365 * 86_400_000;
const plausibleId = /^[\w.:-]{1,256}$/;
const isPlausible = (id: string): boolean => plausibleId.test(id);

export function createOwnership({ ownedIds, accounts, isOpen, within, clock }: OwnershipDeps): Ownership {
  const isShared = (account: Account): boolean => {
    if (isOpen) return false;
    const alike = accounts.all.filter((other) => sameCredentials(other.credentials, account.credentials));
    return alike.length > 1 || account.fallback || account.tenants.length !== 1;
  };
  return {
    accountOf: ({ account: name }) => {
      const account = accounts.byName(name);
      if (account !== null && isOpenAccount(account)) return account;
      throw new AppError('account_missing', `This gateway has no key of the provider account '${name}'.`);
    },
    accountOfId: async ({ tenant }, id) => {
      const owned = plausibleId.test(id) ? await within(ownedIds.find(tenant, id)) : null;
      const account = owned?.kind === 'relayed' ? accounts.byName(owned.account) : null;
      return account !== null && isOpenAccount(account) ? account : null;
    },
    isShared,
    sharesAccount: ({ account: name }) => {
      const account = accounts.byName(name);
      return account === null ? !isOpen : isShared(account);
    },
    ownedAmong: async ({ tenant }, ids) => within(ownedIds.ownedAmong(tenant, ids.filter(isPlausible))),
    foreignAmong: async ({ tenant }, ids) => within(ownedIds.foreignAmong(tenant, ids.filter(isPlausible))),
    note: async ({ tenant }, { name: account }, ids) => {
      const createdAt = clock.now();
      const noted = ids.filter(isPlausible).map((id) => ({
        ...{ id, tenant, account, createdAt, expiresAt: createdAt + keepFor },
        ...({ kind: 'relayed', key: null, text: null, cancelledAt: null } as const),
      }));
      if (noted.length > 0) await within(ownedIds.insert(noted));
    },
    forget: async ({ tenant }, id) => {
      await within(ownedIds.remove(tenant, id));
    },
  };
}

const isOpenAccount = (account: Account): account is OpenAccount => account.credentials !== null;

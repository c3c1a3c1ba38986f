import { type Accounts } from '@batch-gpt/accounts';
import { type OwnedIdStore } from '@batch-gpt/domain';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';
import { createRelay, type Relay, type RelayDeps } from './create-relay.ts';
import { createModelLists, type ModelLists } from './model-lists.ts';
import { createOwnership, type Ownership } from './ownership.ts';
import { createProviderClient, type ProviderLimits } from './provider-client.ts';
import { createRelayCalls } from './relay-calls.ts';

export interface RelaySettings extends ProviderLimits {
  readonly on: boolean;
  /** Calls relayed at a time. */
  readonly maxCalls: number;
  /** For which a list of models is taken for current, in milliseconds. */
  readonly modelsMaxAge: number;
}

export type OpenRelayOptions = Pick<
  RelayDeps,
  'admission' | 'tenantOf' | 'limitRelayed' | 'logger' | 'metrics' | 'counts'
> & {
  readonly relay: RelaySettings;
  readonly settings: RelayDeps['settings'];
  readonly ownedIds: OwnedIdStore;
  readonly accounts: Accounts;
  /** Whether there is but one tenant, because no API keys are configured. */
  readonly isOpen: boolean;
  readonly within: Within;
  readonly clock: GatewayClock;
};

/** What talks to the provider at once. */
export interface OpenRelay extends Disposable {
  /** Null where nothing is relayed. */
  readonly relay: Relay | null;
  readonly modelLists: ModelLists;
  readonly ownership: Ownership;
  drain(): void;
}

/** Wires the relay; disposal closes its connections. */
export function openRelay({ relay, ...options }: OpenRelayOptions): OpenRelay {
  const client = createProviderClient(relay, options.clock);
  const ownership = createOwnership(options);
  const calls = createRelayCalls(relay.maxCalls);
  return {
    relay: relay.on ? createRelay({ ...options, client, calls, ownership }) : null,
    modelLists: createModelLists(client, options.clock, { maxAge: relay.modelsMaxAge }),
    ownership,
    drain: () => calls.drain(),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

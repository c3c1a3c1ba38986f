import type {
  BatchLimits,
  BatchStore,
  Clock,
  EndedSignals,
  HintCounters,
  IdempotencyStore,
  Ledger,
  OutcomeAnnouncer,
  OutcomeCache,
  OwnedIdStore,
  ProtocolTimings,
  RequestStore,
  WindowBells,
} from '@batch-gpt/domain';
import type { Logger } from '@batch-gpt/logging';
import type { Metrics } from '@batch-gpt/metrics';
import type { AccountBudgets } from './account-budgets.ts';
import type { FullStoreAlarm } from './full-store-alarm.ts';
import type { ScratchFolder } from './scratch-folder.ts';
import type { TokenLimits } from './token-limits.ts';
import type { WorkingAccount, WorkingAccounts } from './working-accounts.ts';

/** Everything the batcher's use cases need; each names the part that it uses. */
export interface BatcherDeps {
  readonly requests: RequestStore;
  readonly batches: BatchStore;
  readonly idempotency: Pick<IdempotencyStore, 'removeExpired'>;
  readonly ownedIds: Pick<OwnedIdStore, 'removeExpired'>;
  readonly ledger: Pick<Ledger, 'removeBefore'>;
  readonly cache: Pick<OutcomeCache, 'evictOldest' | 'storedBytes'>;
  readonly fullStore: FullStoreAlarm;
  readonly bells: WindowBells;
  readonly hints: HintCounters;
  readonly ended: EndedSignals;
  readonly outcomes: OutcomeAnnouncer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly timings: ProtocolTimings;
  readonly limits: BatchLimits;
  readonly accounts: WorkingAccounts;
  readonly budgets: AccountBudgets;
  readonly tokenLimits: TokenLimits;
  /** Milliseconds that a group collects before its batch is closed. */
  readonly window: number;
  readonly keep: {
    /** How long a settled batch is remembered, in milliseconds. */
    readonly settledBatches: number;
    /** What the database may hold before outcomes are evicted, in bytes; null: as much as there is. */
    readonly storedBytes: number | null;
  };
  /** Where input files are built. */
  readonly scratch: ScratchFolder;
  /** Folder for input files on their way to the provider. */
  readonly workDir: string;
  /** Name of this process among the owners of batches; new at every start. */
  readonly owner: string;
}

/** What a step at the provider needs: everything, and the account of its batch. */
export interface StepDeps extends BatcherDeps, WorkingAccount {}

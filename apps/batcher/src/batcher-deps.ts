import type {
  BatchLimits,
  BatchProvider,
  BatchStore,
  Clock,
  EndedSignals,
  HintCounters,
  OutcomeAnnouncer,
  ProtocolTimings,
  RequestStore,
  WindowBells,
} from '@batch-gpt/domain';
import type { Logger } from '@batch-gpt/logging';
import type { Metrics } from '@batch-gpt/metrics';
import type { ParkedAccount } from './parked-account.ts';
import type { ScratchFolder } from './scratch-folder.ts';

/** Everything the batcher's use cases need; each names the part that it uses. */
export interface BatcherDeps {
  readonly requests: RequestStore;
  readonly batches: BatchStore;
  readonly provider: BatchProvider;
  readonly bells: WindowBells;
  readonly hints: HintCounters;
  readonly ended: EndedSignals;
  readonly outcomes: OutcomeAnnouncer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly timings: ProtocolTimings;
  readonly limits: BatchLimits;
  readonly account: ParkedAccount;
  /** Milliseconds that a group collects before its batch is closed. */
  readonly window: number;
  /** Where input files are built. */
  readonly scratch: ScratchFolder;
  /** Folder for input files on their way to the provider. */
  readonly workDir: string;
  /** Name of this process among the owners of batches; new at every start. */
  readonly owner: string;
}

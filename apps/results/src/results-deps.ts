import type { AccountId } from '@batch-gpt/contracts';
import type {
  BatchProvider,
  BatchStore,
  Clock,
  OutcomeAnnouncer,
  RequestStore,
  Retention,
  WindowBells,
} from '@batch-gpt/domain';
import type { Logger } from '@batch-gpt/logging';
import type { Metrics } from '@batch-gpt/metrics';

/** What settling asks of a provider. */
export type ReadingProvider = Pick<BatchProvider, 'openFile' | 'getBatch'>;

/** Everything that settling needs; each use case names the part that it uses. */
export interface ResultsDeps {
  readonly requests: Pick<
    RequestStore,
    'lookup' | 'members' | 'membersAmong' | 'settle' | 'settleLate' | 'returnMembers'
  >;
  readonly batches: Pick<BatchStore, 'get' | 'move'>;
  /** Null for an account that is not configured here. */
  readonly providerOf: (account: AccountId) => ReadingProvider | null;
  readonly outcomes: OutcomeAnnouncer;
  readonly bells: Pick<WindowBells, 'open'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'linesSettled' | 'outcomesAnnounced'>;
  readonly retention: Retention;
  /** Milliseconds that a group collects; what goes back opens a window of this length. */
  readonly window: number;
  /** Longest line of a result file in bytes; a longer one counts as missing. */
  readonly maxLineBytes: number;
  /** Largest outcome text in bytes that the store takes. */
  readonly maxTextBytes: number;
  /** An ended batch whose results cannot be read for this many milliseconds is an alarm. */
  readonly stuckAfter: number;
}

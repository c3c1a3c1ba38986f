import type {
  AcceptedSignals,
  BatchNews,
  CallRates,
  EndedSignals,
  HintCounters,
  LiveProcesses,
  OutcomeAnnouncer,
  RateBudgets,
  WindowBells,
} from '@batch-gpt/domain';
import type { Logger } from '@batch-gpt/logging';
import type { Redis } from 'ioredis';
import { createAcceptedSignals } from './accepted-signals.ts';
import { createCallRates } from './call-rates.ts';
import { checkRedis, type RedisFitness, watchRedis } from './check-redis.ts';
import { connectRedis } from './connect-redis.ts';
import { endConnection } from './end-connection.ts';
import { createEndedSignals } from './ended-signals.ts';
import { createHintCounters } from './hint-counters.ts';
import { createBatchNews } from './news-channel/announce-news.ts';
import { createLiveProcesses } from './live-processes.ts';
import { createOutcomeAnnouncer } from './outcome-channel/announce-outcomes.ts';
import { pingRedis } from './ping-redis.ts';
import { defaultPrefix } from './queue-keys.ts';
import { createRateBudgets } from './rate-budgets/create-rate-budgets.ts';
import { createSweepScheduler, type SweepScheduler } from './sweep-scheduler.ts';
import { createWindowBells } from './window-bells.ts';

/** Where signals go. */
export interface SignalsOptions {
  readonly redisUrl: string;
  readonly prefix?: string;
  readonly logger: Logger;
  /** Interval of the sweep in milliseconds. */
  readonly sweepEveryMs?: number;
}

/** Every signal a service can give, on one connection. */
export interface Signals extends AsyncDisposable {
  readonly accepted: AcceptedSignals;
  readonly bells: WindowBells;
  readonly hints: HintCounters;
  readonly ended: EndedSignals;
  readonly outcomes: OutcomeAnnouncer;
  readonly news: BatchNews;
  readonly sweeps: SweepScheduler;
  /** Not a signal, but shared on the same connection; never rejects. */
  readonly budgets: RateBudgets;
  readonly callRates: CallRates;
  readonly processes: LiveProcesses;
  /** The connection, for `createBellConsumer`. */
  readonly redis: Redis;
  /**
   * To await at the start: `away` is no reason to stop; rejects with AppError `config_invalid` if this Redis may evict
   * keys or is too old. Repeated after every reconnect, then as an alarm in the log.
   */
  readonly fitness: () => Promise<RedisFitness>;
  readonly ping: () => Promise<void>;
}

/** Opens the connection and creates the signals; disposing closes it. */
export function createSignals(options: SignalsOptions): Signals {
  const { redisUrl, prefix = defaultPrefix, logger, sweepEveryMs = 15_000 } = options;
  const redis = connectRedis({ url: redisUrl, role: 'producer', logger });
  const watch = watchRedis(redis, logger);
  const accepted = createAcceptedSignals({ redis, prefix });
  const bells = createWindowBells({ redis, prefix });
  const ended = createEndedSignals({ redis, prefix });
  const sweeps = createSweepScheduler({ redis, prefix, everyMs: sweepEveryMs });
  return {
    accepted,
    bells,
    hints: createHintCounters({ redis, prefix }),
    ended,
    outcomes: createOutcomeAnnouncer({ redis, prefix }),
    news: createBatchNews({ redis, prefix }),
    sweeps,
    budgets: createRateBudgets({ redis, prefix, logger }),
    callRates: createCallRates({ redis, prefix, logger }),
    processes: createLiveProcesses({ redis, prefix }),
    redis,
    fitness: () => checkRedis(redis),
    ping: () => pingRedis(redis),
    [Symbol.asyncDispose]: async () => {
      watch[Symbol.dispose]();
      await Promise.all([accepted, bells, ended, sweeps].map((part) => part[Symbol.asyncDispose]()));
      endConnection(redis);
    },
  };
}

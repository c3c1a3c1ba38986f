/*
 * A budget is one bucket in Redis that all processes take from. Each remembers what it last saw of it.
 *
 *   shared ── Redis is away ──▶ alone: this process's share of what was left, and of what comes in
 *     ▲                           │
 *     └─── Redis answers ─────────┘  what was taken meanwhile is owed, and taken from the bucket with the next question
 *
 * A question whose answer was lost may count twice, which only makes a budget smaller.
 */
import { randomUUID } from 'node:crypto';
import { fullBucket, pauseOf, refill, type Budget, type RateBudgets, type TokenBucket } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { Logger } from '@batch-gpt/logging';
import type { Redis } from 'ioredis';
import { askBucket, type Answer, type Question } from './ask-bucket.ts';

/** What shared budgets need. */
export interface RateBudgetsOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly logger: Logger;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic?: () => number;
}

/** Creates budgets that are shared through Redis. */
export function createRateBudgets({ redis, prefix, logger, monotonic }: RateBudgetsOptions): RateBudgets {
  const ask = (budget: Budget, question: Question) => askBucket({ redis, prefix }, budget, question);
  return createSharedBudgets({ ask, logger, monotonic: monotonic ?? (() => performance.now()) });
}

interface SharedDeps {
  readonly ask: (budget: Budget, question: Question) => Promise<Answer>;
  readonly logger: Logger;
  readonly monotonic: () => number;
}

/** What this process knows of a bucket, and its own while it is alone. */
interface Known {
  bucket: TokenBucket;
  users: number;
  owed: number;
  own: TokenBucket | null;
}

/** Budgets over any bucket that can be asked; there are as many of them as accounts, and two kinds of each. */
export function createSharedBudgets({ ask, logger, monotonic }: SharedDeps): RateBudgets {
  const user = randomUUID();
  const buckets = new Map<string, Known>();
  let isAlone = false;

  const knownOf = ({ account, kind, perHour }: Budget): Known => {
    const name = `${account}|${kind}`;
    const known = buckets.get(name) ?? { bucket: fullBucket(perHour, monotonic()), users: 1, owed: 0, own: null };
    buckets.set(name, known);
    return known;
  };

  const askShared = async (budget: Budget, take: boolean): Promise<number> => {
    const known = knownOf(budget);
    // Taken out first: of two questions at a time only one brings it.
    const { owed } = known;
    known.owed = 0;
    try {
      const { pause, tokens, users } = await ask(budget, { take, owed, user });
      known.bucket = { tokens, at: monotonic() };
      known.users = users;
      known.own = null;
      return pause;
    } catch (error) {
      known.owed += owed;
      throw error;
    }
  };

  const askOwn = ({ perHour, ...budget }: Budget, take: boolean): number => {
    const known = knownOf({ perHour, ...budget });
    const now = monotonic();
    // With a share of less than one nobody would ever take one.
    const share = Math.max(1, perHour / known.users);
    const { tokens } = refill(known.bucket, perHour, now);
    const own = refill(known.own ?? { tokens: tokens / known.users, at: now }, share, now);
    const pause = pauseOf(own, share);
    const taken = take && pause === 0 ? 1 : 0;
    known.own = { ...own, tokens: own.tokens - taken };
    known.owed += taken;
    return pause;
  };

  const asked = async (budget: Budget, take: boolean): Promise<number> => {
    try {
      const pause = await askShared(budget, take);
      if (isAlone) logger.info('budgets are shared again', {});
      isAlone = false;
      return pause;
    } catch (err) {
      if (!AppError.is(err, 'queue_unavailable')) throw err;
      const pause = askOwn(budget, take);
      if (!isAlone) {
        logger.warn('budgets cannot be shared, this process keeps to its own share', {
          share: budget.perHour / knownOf(budget).users,
          err,
        });
      }
      isAlone = true;
      return pause;
    }
  };

  return { take: (budget) => asked(budget, true), pause: (budget) => asked(budget, false) };
}

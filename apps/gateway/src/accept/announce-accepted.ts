import { type AcceptedRequestsJob } from '@batch-gpt/contracts';
import { addSizes, noSizes, sizesOf, type AcceptedSignals, type NewRequest } from '@batch-gpt/domain';
import { type Logger } from '@batch-gpt/logging';

/** Tells the batcher of stored requests; returns at once and never fails: the sweep finds what was not announced. */
export type AnnounceAccepted = (requests: readonly NewRequest[]) => void;

export interface Announcer extends AsyncDisposable {
  readonly announce: AnnounceAccepted;
}

/** Creates the announcer: one job per group and tick; says once when Redis goes away, and once when it is back. */
export function createAnnouncer(signals: AcceptedSignals, logger: Logger): Announcer {
  const running = new Set<Promise<void>>();
  let away = false;

  const send = async (jobs: readonly AcceptedRequestsJob[]) => {
    try {
      await signals.announceAccepted(jobs);
      if (away) logger.info('accepted requests are announced again');
      away = false;
    } catch (err) {
      if (!away) logger.warn('accepted requests are not announced, the sweep will find them', { err });
      away = true;
    }
  };
  return {
    announce: (requests) => {
      if (requests.length === 0) return;
      const job = send(jobsOf(requests)).finally(() => running.delete(job));
      running.add(job);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(running);
    },
  };
}

function jobsOf(requests: readonly NewRequest[]): readonly AcceptedRequestsJob[] {
  return [...Map.groupBy(requests, ({ group }) => group)].map(([group, members]) => ({
    group,
    keys: members.map(({ key }) => key),
    sizes: members.reduce((sum, member) => addSizes(sum, sizesOf(member)), noSizes),
  }));
}

import { type RequestSummaryObject } from '@batch-gpt/contracts';
import { type BatchStore, type RequestRecord, type RequestSummary } from '@batch-gpt/domain';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';
import { earlierAnswer } from './earlier-answer.ts';
import { estimateCompletion } from './estimate-completion.ts';
import { type RecentTurnarounds } from './recent-turnarounds.ts';
import { requestObjectText, requestSummary } from './request-object.ts';

/** Makes the objects that say where requests are, with what their batches and the past know. */
export interface RequestDescriber {
  /** The text of a whole object. */
  describe(record: RequestRecord): Promise<string>;
  /**
   * The text of the object that a call is handed back, at the rate of calls: without an estimate, which costs a read, and
   * without an earlier answer, which may be long.
   */
  describeHandle(record: RequestRecord): Promise<string>;
  /** Objects for a list: one read for all their batches. */
  summarize(records: readonly RequestSummary[]): Promise<readonly RequestSummaryObject[]>;
}

export interface RequestDescriberOptions {
  readonly batches: Pick<BatchStore, 'get' | 'getMany'>;
  readonly turnarounds: RecentTurnarounds;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
  /** How long windows collect, in milliseconds; the batcher's own setting decides. */
  readonly window: number;
}

export function createRequestDescriber(options: RequestDescriberOptions): RequestDescriber {
  const { batches, turnarounds, within, clock, window } = options;
  const batchOf = async ({ batchId }: RequestRecord) => (batchId === null ? null : within(batches.get(batchId)));
  return {
    describe: async (record) => {
      const [batch, observed] = await Promise.all([
        batchOf(record),
        record.state === 'done' ? [] : turnarounds(record),
      ]);
      const estimate = estimateCompletion({ record, batch, window, turnarounds: observed, now: clock.now() });
      return requestObjectText(record, { batch, window }, { estimate, earlier: earlierAnswer(record) });
    },

    describeHandle: async (record) => requestObjectText(record, { batch: await batchOf(record), window }),

    summarize: async (records) => {
      const ids = [...new Set(records.flatMap(({ batchId }) => (batchId === null ? [] : [batchId])))];
      const found = ids.length === 0 ? null : await within(batches.getMany(ids));
      return records.map((record) => {
        const batch = (record.batchId === null ? null : found?.get(record.batchId)) ?? null;
        return requestSummary(record, { batch, window });
      });
    },
  };
}

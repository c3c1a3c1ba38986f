import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type Metrics } from '@batch-gpt/metrics';
import { type GatewayClock } from '../gateway-clock.ts';
import { createAudit, type Audit } from './audit.ts';
import { createLiveSamples } from './live-samples.ts';
import { createSeriesReader } from './read-series.ts';
import { createSnapshotReader, type SnapshotDeps } from './read-snapshot.ts';
import { reportGauges } from './report-gauges.ts';
import { createRetryLines, type RetryLinesDeps } from './retry-lines.ts';
import { createOperatorRoutes, type OperatorRoutes, type OperatorRoutesDeps } from './routes.ts';
import { createSnapshotFeed } from './snapshot-feed.ts';
import { createEventStreams, type EventStreams } from './stream-events.ts';

export type OperatorDeps = SnapshotDeps &
  RetryLinesDeps &
  Omit<OperatorRoutesDeps, 'feed' | 'readSeries' | 'streams' | 'retryLines' | 'audit'> & {
    readonly clock: GatewayClock;
    readonly metrics: Metrics;
    readonly logger: Logger;
  };

/** The operator API without its paths. */
export interface Operator {
  readonly routes: OperatorRoutes;
  readonly audit: Audit;
  readonly streams: Pick<EventStreams, 'end'>;
}

/** Wires the operator API. */
export function composeOperator(deps: OperatorDeps): Operator {
  const { clock, logger } = deps;
  const samples = createLiveSamples();
  const readSnapshot = createSnapshotReader(deps);
  const read = async () => {
    const snapshot = await readSnapshot();
    samples.note(snapshot);
    return snapshot;
  };
  const feed = createSnapshotFeed({ read, clock, logger });
  deps.metrics.onScrape(async () => {
    try {
      reportGauges(deps.metrics, await feed.current());
    } catch (error) {
      // What it was stays; `store_up` says why it is old.
      if (!AppError.is(error, 'store_unavailable')) throw error;
    }
  });
  const streams = createEventStreams({ feed, clock });
  const audit = createAudit({ logger, clock, tell: (entry) => streams.tell(entry) });
  const retryLines = createRetryLines(deps);
  const readSeries = createSeriesReader({ ...deps, samples });
  return { routes: createOperatorRoutes({ ...deps, feed, readSeries, streams, retryLines, audit }), audit, streams };
}

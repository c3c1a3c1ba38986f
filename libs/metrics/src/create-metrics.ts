import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';

const PREFIX = 'batch_gpt_';

/** Who reports; `processMetrics: false` leaves out the runtime's own metrics, which observe until the process ends. */
export interface MetricsOptions {
  readonly service: string;
  readonly version: string;
  readonly processMetrics?: boolean;
}

/** Every metric of the system and the registry that holds them; a service moves those that are its own. */
export type Metrics = ReturnType<typeof createMetrics>;

const SECONDS_OF_A_CALL = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const SECONDS_OF_A_HOLD = [1, 5, 15, 60, 300, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400];
const SECONDS_OF_A_BATCH = [5, 15, 60, 300, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400];
const LINES = [1, 5, 20, 100, 500, 2_000, 10_000, 25_000, 50_000];
const SHARES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1];
const BYTES = [1e3, 1e4, 1e5, 1e6, 5e6, 2e7, 5e7, 1e8, 1.5e8, 1.9e8];

/**
 * Creates a registry of its own with every metric of the system. Base units; label values come from fixed lists or
 * from configuration, never from a caller: tenants, keys and ids belong to the log.
 */
export function createMetrics({ service, version, processMetrics = true }: MetricsOptions) {
  const registry = new Registry();
  if (processMetrics) collectDefaultMetrics({ register: registry });
  const { counter, gauge, histogram } = metricsIn(registry);
  const collectors: (() => Promise<void>)[] = [];

  gauge('build_info', 'Constant 1; the labels say what runs.', 'service', 'version', 'node').set(
    { service, version, node: process.versions.node },
    1,
  );

  return {
    registry,

    // Gateway
    httpRequests: counter('http_requests_total', 'HTTP requests answered.', 'method', 'route', 'code'),
    heldConnections: gauge('held_connections', 'Client connections that wait for an outcome now.'),
    holdOutcomes: counter('hold_outcomes_total', 'How held connections ended.', 'outcome'),
    holdDuration: histogram('hold_duration_seconds', 'How long connections were held.', SECONDS_OF_A_HOLD),
    requestsAccepted: counter('requests_accepted_total', 'Requests stored for a batch.', 'endpoint', 'mode'),
    requestsRejected: counter('requests_rejected_total', 'Calls refused before acceptance.', 'reason'),
    cacheLookups: counter('cache_lookups_total', 'Lookups of stored outcomes.', 'result'),
    relayedCalls: counter('relayed_calls_total', 'Calls sent past the batches, by how they ended.', 'kind', 'result'),
    dedupHits: counter('dedup_hits_total', 'Calls that joined an identical request already on its way.'),

    draining: gauge('draining', 'This process stops: 1, and takes nothing new.'),

    // The whole system as a gateway sees it, when it is scraped
    backlogRequests: gauge('backlog_requests', 'Requests that wait for a batcher and for nothing else.'),
    requestsPending: gauge('requests_pending', 'Accepted requests that no batch holds yet.'),
    oldestPendingAge: gauge('oldest_pending_age_seconds', 'Age of the oldest request that no batch holds yet.'),
    batchesOpen: gauge('batches_open', 'Batches that are not settled, by the status that OpenAI has for it.', 'status'),
    oldestOpenBatchAge: gauge('oldest_open_batch_age_seconds', 'Age of the oldest batch that is not settled.'),
    batchesInTrouble: gauge('batches_in_trouble', 'Open batches of which nobody can say when they will end.'),
    workersAlive: gauge('workers_alive', 'Processes that said lately that they live.', 'service'),
    connectionsMax: gauge('connections_max', 'Connections that one gateway may hold.'),
    dependencyLatency: gauge('dependency_latency_seconds', 'How long a dependency took to answer.', 'dependency'),
    spentUsd: gauge('spent_usd', 'US dollars billed by batches.', 'period'),
    savedUsd: gauge('saved_usd', 'US dollars saved against list prices, less what was wasted.', 'period'),
    wastedUsd: gauge('wasted_usd', 'US dollars billed for answers that were of no use.', 'period'),
    unpricedLines: gauge('unpriced_lines', 'Settled lines of models without a price.', 'period'),

    // Batcher
    windowsClosed: counter('windows_closed_total', 'Windows closed into a batch.', 'trigger'),
    batchSizeRequests: histogram('batch_size_requests', 'Requests in a formed batch.', LINES),
    batchSizeBytes: histogram('batch_size_bytes', 'Bytes of a batch input file.', BYTES),
    batchFillRatio: histogram('batch_fill_ratio', 'How full a formed batch is, by the limit nearest to it.', SHARES),
    batchSubmitDuration: histogram('batch_submit_duration_seconds', 'From claimed to submitted.', SECONDS_OF_A_CALL),
    batchSubmitErrors: counter('batch_submit_errors_total', 'Uploads and creations that failed.', 'reason'),
    batchReconciles: counter('batch_reconciles_total', 'Doubtful creations looked up at the provider.', 'result'),
    batchPolls: counter('batch_polls_total', 'Status polls at the provider.', 'outcome'),
    batchTurnaround: histogram('batch_turnaround_seconds', 'From submitted to a final status.', SECONDS_OF_A_BATCH),
    recoveryActions: counter('recovery_actions_total', 'What the sweep had to put right.', 'action'),
    accountsParked: gauge('accounts_parked', 'Provider accounts that refuse, and are tried again later.'),
    creationsWait: gauge('creations_wait_seconds', 'Time until an account may create its next batch.', 'account'),
    batchesHeld: gauge('batches_held', 'Batches that this batcher holds now.'),

    // Results
    linesSettled: counter('lines_settled_total', 'Result lines decided.', 'result'),
    outcomesAnnounced: counter('outcomes_announced_total', 'Keys published on the outcome channel.'),

    // Dependencies
    redisUp: gauge('redis_up', 'Redis: 1 answers, 0 does not.'),
    storeUp: gauge('store_up', 'The system of record: 1 answers, 0 does not.'),
    queueJobsFailed: counter('queue_jobs_failed_total', 'Queue jobs whose processing failed.', 'queue'),

    /** Has this run before every scrape; what it rejects with fails the scrape. */
    onScrape: (collect: () => Promise<void>): void => {
      collectors.push(collect);
    },

    /** What `/metrics` serves. */
    render: async (): Promise<string> => {
      await Promise.all(collectors.map((collect) => collect()));
      return registry.metrics();
    },

    /** Forgets every metric. */
    dispose: () => registry.clear(),
  };
}

function metricsIn(registry: Registry) {
  const describe = <L extends string>(name: string, help: string, labelNames: L[]) => ({
    name: PREFIX + name,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    counter: <L extends string = never>(name: string, help: string, ...labels: L[]) =>
      new Counter<L>(describe(name, help, labels)),
    gauge: <L extends string = never>(name: string, help: string, ...labels: L[]) =>
      new Gauge<L>(describe(name, help, labels)),
    histogram: (name: string, help: string, buckets: number[]) =>
      new Histogram({ ...describe(name, help, []), buckets }),
  };
}

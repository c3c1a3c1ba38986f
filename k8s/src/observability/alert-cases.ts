/** Series of metrics, in promtool's own words: `'name{labels}': 'values, a minute apart'`. */
export type Input = Readonly<Record<string, string>>;

/** When an alert fires, and a case that is near to it and no reason to wake anybody. */
export interface AlertCase {
  readonly fires: Input;
  /** Minutes after which it has to have fired. */
  readonly after: number;
  readonly quiet: Input;
}

const info = (service: string): string => `batch_gpt_build_info{service="${service}"}`;
const always = (value: number): string => `${value}x120`;

/** One case for each alert. */
export const alertCases: Readonly<Record<string, AlertCase>> = {
  BatchGptGatewayDown: { fires: { [info('batcher')]: always(1) }, after: 5, quiet: { [info('gateway')]: always(1) } },
  BatchGptBatcherDown: {
    fires: { batch_gpt_requests_pending: always(5) },
    after: 10,
    quiet: { batch_gpt_requests_pending: always(0) },
  },
  BatchGptResultsDown: {
    fires: { 'batch_gpt_batches_open{status="in_progress"}': always(2) },
    after: 10,
    quiet: { 'batch_gpt_batches_open{status="in_progress"}': always(2), [info('results')]: always(1) },
  },
  BatchGptPendingTooOld: {
    fires: { batch_gpt_oldest_pending_age_seconds: '0+60x60' },
    after: 20,
    quiet: { batch_gpt_oldest_pending_age_seconds: always(500) },
  },
  BatchGptBacklogGrows: {
    fires: { batch_gpt_backlog_requests: '60000+1000x60' },
    after: 45,
    quiet: { batch_gpt_backlog_requests: '200000-1000x60' },
  },
  BatchGptBatchInTrouble: {
    fires: { batch_gpt_batches_in_trouble: always(1) },
    after: 10,
    quiet: { batch_gpt_batches_in_trouble: '1 1 0x60' },
  },
  BatchGptBatchNearExpiry: {
    fires: { batch_gpt_oldest_open_batch_age_seconds: '79000+60x60' },
    after: 10,
    quiet: { batch_gpt_oldest_open_batch_age_seconds: always(70_000) },
  },
  BatchGptAccountParked: {
    fires: { batch_gpt_accounts_parked: always(1) },
    after: 10,
    quiet: { batch_gpt_accounts_parked: '1 1 0x60' },
  },
  BatchGptSubmitErrors: {
    fires: {
      'batch_gpt_batch_submit_errors_total{reason="refused"}': '0+1x60',
      'batch_gpt_windows_closed_total{trigger="window"}': '0+10x60',
    },
    after: 45,
    quiet: {
      'batch_gpt_batch_submit_errors_total{reason="refused"}': '0+1x60',
      'batch_gpt_windows_closed_total{trigger="window"}': '0+100x60',
    },
  },
  BatchGptCreationsExhausted: {
    fires: { 'batch_gpt_creations_wait_seconds{account="main"}': always(90) },
    after: 20,
    quiet: { 'batch_gpt_creations_wait_seconds{account="main"}': always(2) },
  },
  BatchGptHoldsFail: {
    fires: {
      'batch_gpt_hold_outcomes_total{outcome="lost"}': '0+5x60',
      'batch_gpt_hold_outcomes_total{outcome="outcome"}': '0+100x60',
    },
    after: 40,
    quiet: {
      'batch_gpt_hold_outcomes_total{outcome="disconnected"}': '0+50x60',
      'batch_gpt_hold_outcomes_total{outcome="outcome"}': '0+100x60',
    },
  },
  BatchGptConnectionsNearLimit: {
    fires: { batch_gpt_held_connections: always(17_000), batch_gpt_connections_max: always(20_000) },
    after: 10,
    quiet: { batch_gpt_held_connections: always(15_000), batch_gpt_connections_max: always(20_000) },
  },
  BatchGptStoreDown: {
    fires: { 'batch_gpt_store_up{pod="a"}': always(1), 'batch_gpt_store_up{pod="b"}': always(0) },
    after: 3,
    quiet: { 'batch_gpt_store_up{pod="a"}': always(1) },
  },
  BatchGptRedisDown: {
    fires: { batch_gpt_redis_up: always(0) },
    after: 10,
    quiet: { batch_gpt_redis_up: '0 0 1x60' },
  },
  BatchGptEventLoopLag: {
    fires: { 'nodejs_eventloop_lag_p99_seconds{pod="a"}': always(0.5) },
    after: 15,
    quiet: { 'nodejs_eventloop_lag_p99_seconds{pod="a"}': always(0.02) },
  },
  BatchGptJobsFail: {
    fires: { 'batch_gpt_queue_jobs_failed_total{queue="accepted-requests"}': '0+2x60' },
    after: 30,
    quiet: { 'batch_gpt_queue_jobs_failed_total{queue="accepted-requests"}': '0 1 1x60' },
  },
  BatchGptPaidInVain: {
    fires: { 'batch_gpt_wasted_usd{period="today"}': always(0.4) },
    after: 10,
    quiet: { 'batch_gpt_wasted_usd{period="today"}': always(0), 'batch_gpt_wasted_usd{period="month"}': always(3) },
  },
  BatchGptUnpriced: {
    fires: { 'batch_gpt_unpriced_lines{period="today"}': always(7) },
    after: 70,
    quiet: { 'batch_gpt_unpriced_lines{period="today"}': always(0) },
  },
};

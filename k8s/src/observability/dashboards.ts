/** One graph or number of a dashboard. */
interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: 'stat' | 'timeseries';
  /** Grafana's word for the unit: `short`, `s`, `reqps`, `percentunit`, `currencyUSD`, `bytes`. */
  readonly unit: string;
  /** Legend by expression. */
  readonly shows: Readonly<Record<string, string>>;
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const stat = (title: string, unit: string, expr: string, description: string): Panel => ({
  ...{ title, unit, description, type: 'stat' },
  shows: { [expr]: '' },
});
const lines = (title: string, unit: string, shows: Panel['shows'], description: string): Panel => ({
  ...{ title, unit, shows, description, type: 'timeseries' },
});

/** The middle, the 95th and the 99th of a histogram. */
const quantiles = (name: string): Panel['shows'] =>
  Object.fromEntries(
    [0.5, 0.95, 0.99].map((share) => [
      `histogram_quantile(${share}, sum by (le) (rate(${name}_bucket[$__rate_interval])))`,
      `p${share * 100}`,
    ]),
  );
const rate = (name: string, by: string): string => `sum by (${by}) (rate(${name}[$__rate_interval]))`;

const onCall: Dashboard = {
  uid: 'batch-gpt-on-call',
  title: 'batch-gpt: on call',
  panels: [
    stat('Waiting', 'short', 'max(batch_gpt_requests_pending)', 'Accepted requests that no batch holds yet.'),
    stat(
      'Oldest',
      's',
      'max(batch_gpt_oldest_pending_age_seconds)',
      'Age of the oldest of them; windows close within seconds.',
    ),
    stat(
      'Backlog',
      'short',
      'max(batch_gpt_backlog_requests)',
      'Requests that wait for a batcher and for nothing else.',
    ),
    stat('Open batches', 'short', 'sum(max by (status) (batch_gpt_batches_open))', 'Batches that are not settled.'),
    stat(
      'In trouble',
      'short',
      'max(batch_gpt_batches_in_trouble)',
      'Batches of which nobody can say when they will end.',
    ),
    stat('Held', 'short', 'sum(batch_gpt_held_connections)', 'Calls that wait for their answer on their connection.'),
    lines(
      'Calls',
      'reqps',
      { [rate('batch_gpt_http_requests_total', 'code')]: '{{code}}' },
      'HTTP answers of all gateways, by status.',
    ),
    lines(
      'Accepted, joined, hit',
      'reqps',
      {
        'sum(rate(batch_gpt_requests_accepted_total[$__rate_interval]))': 'accepted',
        'sum(rate(batch_gpt_dedup_hits_total[$__rate_interval]))': 'joined',
        'sum(rate(batch_gpt_cache_lookups_total{result=~"hit|hot"}[$__rate_interval]))': 'hit',
      },
      'What became of calls to batched endpoints.',
    ),
    lines(
      'How held calls ended',
      'reqps',
      { [rate('batch_gpt_hold_outcomes_total', 'outcome')]: '{{outcome}}' },
      'Outcome is an answer; lost and trouble are errors.',
    ),
    lines(
      'Turnaround of batches',
      's',
      quantiles('batch_gpt_batch_turnaround_seconds'),
      'From the creation at the provider to its last word.',
    ),
    lines(
      'Lines settled',
      'reqps',
      { [rate('batch_gpt_lines_settled_total', 'result')]: '{{result}}' },
      'Result lines decided, by what came of them.',
    ),
    lines(
      'Dependencies',
      's',
      { 'max by (dependency) (batch_gpt_dependency_latency_seconds)': '{{dependency}}' },
      'How long the store and Redis took to answer a ping.',
    ),
  ],
};

const money: Dashboard = {
  uid: 'batch-gpt-money',
  title: 'batch-gpt: money',
  panels: [
    ...(['today', 'month'] as const).flatMap((period) => [
      stat(
        `Spent, ${period}`,
        'currencyUSD',
        `max(batch_gpt_spent_usd{period="${period}"})`,
        'Billed by batches that settled.',
      ),
      stat(
        `Saved, ${period}`,
        'currencyUSD',
        `max(batch_gpt_saved_usd{period="${period}"})`,
        'Batch discount, hits and shared calls, less what was wasted.',
      ),
      stat(
        `Wasted, ${period}`,
        'currencyUSD',
        `max(batch_gpt_wasted_usd{period="${period}"})`,
        'Billed for answers that came too late, or twice.',
      ),
    ]),
    lines(
      'Spent and saved today',
      'currencyUSD',
      { 'max(batch_gpt_spent_usd{period="today"})': 'spent', 'max(batch_gpt_saved_usd{period="today"})': 'saved' },
      'Since midnight UTC.',
    ),
    lines(
      'Lines without a price',
      'short',
      { 'max by (period) (batch_gpt_unpriced_lines)': '{{period}}' },
      'What these cost is in no sum: add their model to PRICES_FILE.',
    ),
  ],
};

const internals: Dashboard = {
  uid: 'batch-gpt-internals',
  title: 'batch-gpt: internals',
  panels: [
    lines(
      'Windows closed',
      'reqps',
      { [rate('batch_gpt_windows_closed_total', 'trigger')]: '{{trigger}}' },
      'Windows that became a batch, by what closed them.',
    ),
    lines(
      'Fill of batches',
      'percentunit',
      quantiles('batch_gpt_batch_fill_ratio'),
      'How full batches are, by the limit nearest to it.',
    ),
    lines('Submitting', 's', quantiles('batch_gpt_batch_submit_duration_seconds'), 'From claimed to submitted.'),
    lines(
      'Errors of submission',
      'reqps',
      { [rate('batch_gpt_batch_submit_errors_total', 'reason')]: '{{reason}}' },
      'Uploads and creations that failed.',
    ),
    lines(
      'Doubtful creations',
      'reqps',
      { [rate('batch_gpt_batch_reconciles_total', 'result')]: '{{result}}' },
      'Looked up at the provider before anybody creates again.',
    ),
    lines(
      'Put right by the sweep',
      'reqps',
      { [rate('batch_gpt_recovery_actions_total', 'action')]: '{{action}}' },
      'What a crash or a lost message left.',
    ),
    lines(
      'Polls',
      'reqps',
      { [rate('batch_gpt_batch_polls_total', 'outcome')]: '{{outcome}}' },
      'Status polls at the provider.',
    ),
    lines(
      'Processes',
      'short',
      { 'max by (service) (batch_gpt_workers_alive)': '{{service}}' },
      'Those that said lately that they live.',
    ),
    lines(
      'Event-loop lag',
      's',
      { 'max by (pod, instance) (nodejs_eventloop_lag_p99_seconds)': '{{pod}}{{instance}}' },
      'The 99th percentile of each process.',
    ),
    lines(
      'Memory',
      'bytes',
      { 'max by (pod, instance) (process_resident_memory_bytes)': '{{pod}}{{instance}}' },
      'Resident memory of each process.',
    ),
  ],
};

const statHeight = 4;
const lineHeight = 8;
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Numbers six in a row on top, graphs three in a row below. */
function placed(panels: readonly Panel[]): readonly object[] {
  const stats = panels.filter(({ type }) => type === 'stat');
  const top = Math.ceil(stats.length / 6) * statHeight;
  const all = [...stats, ...panels.filter(({ type }) => type !== 'stat')];
  return all.map(({ title, description, type, unit, shows }, index) => {
    const n = index - stats.length;
    const gridPos =
      type === 'stat'
        ? { x: (index % 6) * 4, y: Math.floor(index / 6) * statHeight, w: 4, h: statHeight }
        : { x: (n % 3) * 8, y: top + Math.floor(n / 3) * lineHeight, w: 8, h: lineHeight };
    const targets = Object.entries(shows).map(([expr, legendFormat], target) => ({
      ...{ refId: String.fromCharCode(65 + target), expr, legendFormat, datasource },
    }));
    const defaults = { unit, min: 0 };
    return {
      id: index + 1,
      type,
      title,
      description,
      gridPos,
      datasource,
      targets,
      fieldConfig: { defaults, overrides: [] },
    };
  });
}

function toJson({ uid, title, panels }: Dashboard): string {
  const variable = { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' };
  const page = {
    ...{ uid, title, tags: ['batch-gpt'], schemaVersion: 42, version: 1, editable: true, refresh: '30s' },
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [variable] },
    panels: placed(panels),
  };
  return `${JSON.stringify(page, null, 2)}\n`;
}

/** The files under `chart/dashboards`. */
export const dashboardFiles = [onCall, money, internals].map((each) => ({
  name: `${each.uid}.json`,
  text: toJson(each),
}));

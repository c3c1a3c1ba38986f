import { seriesRanges, type OperatorSeries, type OperatorSnapshot, type SeriesRange } from '@batch-gpt/contracts';
import { formatDuration, savingsOf } from '@batch-gpt/status-client';
import { Answered } from '../components/answered.tsx';
import { Chart } from '../components/chart.tsx';
import { Age } from '../components/moment.tsx';
import { Figure, Panel } from '../components/panel.tsx';
import { client } from '../feed/client.ts';
import { type Samples } from '../feed/samples.ts';
import { useAnswer } from '../feed/use-answer.ts';
import { useNavigation } from '../route/use-place.tsx';
import { formatCount, formatDollars, formatRate } from '../text/format.ts';
import { BatchTable } from './batch-table.tsx';

interface OverviewProps {
  readonly snapshot: OperatorSnapshot;
  readonly samples: Samples;
}

/** The numbers that matter, and how they moved. */
export function Overview({ snapshot, samples: { list } }: OverviewProps) {
  const { requests, batches, groups, headroom, money, open_batches: open, more_batches: isMore } = snapshot;
  const last = list.at(-1);
  const oldest = groups.length === 0 ? null : Math.min(...groups.map(({ oldest_accepted_at: at }) => at));
  const times = list.map(({ at }) => at);
  const trouble = batches.in_trouble;
  const today = requests.settled_today;
  return (
    <>
      <dl className="figures">
        <Figure
          name="Waiting for a batch"
          value={`${formatCount(requests.accepted)}${requests.accepted_is_more ? '+' : ''}`}
          note={
            oldest === null ? (
              'nothing waits'
            ) : (
              <>
                oldest for <Age at={oldest} />
              </>
            )
          }
        />
        <Figure
          name="In open batches"
          value={formatCount(requests.collected)}
          note={`${formatCount(batches.open)} ${batches.open === 1 ? 'batch' : 'batches'}${trouble > 0 ? `, ${formatCount(trouble)} in trouble` : ''}`}
        />
        <Figure
          name="Answered today"
          value={formatCount(today.succeeded)}
          note={`${formatCount(today.failed)} failed, ${formatCount(today.sent_again)} sent again`}
        />
        <Figure
          name="Connections held"
          value={formatCount(headroom.waiters.held)}
          note={`of ${formatCount(headroom.waiters.max)} at this gateway`}
        />
        <Figure name="Spent today" value={formatDollars(money.today.spent_usd)} note="billed by batches" />
        <Figure name="Saved today" value={formatDollars(savingsOf(money.today))} note="against list prices" />
      </dl>
      <div className="charts">
        <Panel title="Now">
          <Chart
            title="Requests a minute"
            times={times}
            series={[
              { name: 'accepted', values: list.map(({ accepted }) => accepted), color: 'one' },
              { name: 'settled', values: list.map(({ settled }) => settled), color: 'two' },
            ]}
            format={formatRate}
          />
          <Chart
            title="Waiting and held"
            times={times}
            series={[
              { name: 'pending', values: list.map(({ pending }) => pending), color: 'one' },
              { name: 'connections', values: list.map(({ held }) => held), color: 'two' },
            ]}
            format={formatCount}
          />
          <p className="note">
            {last === undefined ? 'Nothing yet.' : 'Since this page was opened; ten minutes at most.'}
          </p>
        </Panel>
        <Settled />
      </div>
      <Panel title="Open batches" aside={isMore ? <span className="note">the oldest of them</span> : undefined}>
        <BatchTable batches={open} empty="No batch is open." />
      </Panel>
    </>
  );
}

const rangeNames: Readonly<Record<SeriesRange, string>> = {
  '1h': 'the last hour',
  '6h': 'six hours',
  '24h': 'a day',
  '7d': 'a week',
};

function Settled() {
  const { place, go } = useNavigation();
  const range = seriesRanges.find((known) => known === place.query['range']) ?? '1h';
  const answer = useAnswer(`series ${range}`, (signal) => client.series(range, signal), 10_000);
  const choice = (
    <label>
      <span className="hidden">How far back</span>
      <select
        value={range}
        onChange={(event) => go({ page: 'overview', query: { range: event.target.value } }, { replace: true })}
      >
        {seriesRanges.map((each) => (
          <option key={each} value={each}>
            {rangeNames[each]}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Panel title="Settled" aside={choice}>
      <Answered answer={answer}>{(series) => <SettledCharts series={series} />}</Answered>
    </Panel>
  );
}

function SettledCharts({ series: { data } }: { readonly series: OperatorSeries }) {
  const times = data.map(({ at }) => at);
  return (
    <>
      <Chart
        title="Lines"
        times={times}
        series={[
          { name: 'succeeded', values: data.map(({ succeeded }) => succeeded), color: 'one' },
          { name: 'failed', values: data.map(({ failed }) => failed), color: 'bad' },
        ]}
        format={formatCount}
      />
      <Chart
        title="Turnaround of a batch"
        times={times}
        series={[
          { name: 'middle', values: data.map((point) => point.turnaround_seconds), color: 'two' },
          { name: '95 of 100', values: data.map((point) => point.turnaround_p95_seconds), color: 'one' },
        ]}
        format={formatDuration}
      />
      <Chart
        title="Lines in a batch"
        times={times}
        series={[
          {
            ...{ name: 'mean', color: 'one' },
            values: data.map(({ lines, batches }) => (batches === 0 ? null : Math.round(lines / batches))),
          },
        ]}
        format={formatCount}
      />
      <Chart
        title="Waiting and held, at most"
        times={times}
        series={[
          { name: 'pending', values: data.map(({ pending }) => pending), color: 'one' },
          { name: 'connections', values: data.map((point) => point.held_connections), color: 'two' },
        ]}
        format={formatCount}
      />
      <Chart
        title="Dollars"
        times={times}
        series={[
          { name: 'spent', values: data.map((point) => point.spent_usd), color: 'one' },
          { name: 'discount', values: data.map((point) => point.discount_usd), color: 'two' },
        ]}
        format={formatDollars}
      />
    </>
  );
}

import { type MoneyTotals, type OperatorBatch, type OperatorSnapshot, type SettledTotals } from '@batch-gpt/contracts';
import { ageOf, formatDuration, savingParts, savingsOf, type Rates } from '@batch-gpt/status-client';
import { bar } from '../text/bar.ts';
import { formatCount, formatDollars, formatRate, percentOf } from '../text/format-values.ts';
import { piece, statusTone, type Line, type Piece } from '../text/tone.ts';

/** The numbers that matter, one subject a line. `now` in Unix seconds of the gateway's clock. */
export function summaryLines(snapshot: OperatorSnapshot, rates: Rates | null, now: number): readonly Line[] {
  return [
    requestsLine(snapshot, rates),
    openLine(snapshot, now),
    ...troubleLines(snapshot),
    settledLine('today', snapshot.requests.settled_today),
    settledLine('month', snapshot.requests.settled_month),
    moneyLine('$ today', snapshot.money.today),
    moneyLine('$ month', snapshot.money.month),
    savingsLine(snapshot.money.month),
    healthLine(snapshot),
    roomLine(snapshot),
  ];
}

const label = (text: string): Piece => piece(text.padEnd(9), 'dim');
const dot = piece(' · ', 'dim');

function requestsLine({ requests, batches }: OperatorSnapshot, rates: Rates | null): Line {
  const more = requests.accepted_is_more ? '+' : '';
  return [
    label('requests'),
    piece(`${formatCount(requests.accepted)}${more} waiting`, 'strong'),
    dot,
    piece(`${formatCount(requests.collected)} in ${formatCount(batches.open)} batches`, 'strong'),
    dot,
    piece(`arriving ${formatRate(rates?.incoming ?? null)}`),
    dot,
    piece(`settling ${formatRate(rates?.settled ?? null)}`),
  ];
}

function openLine({ open_batches, batches }: OperatorSnapshot, now: number): Line {
  const total = sumOf(open_batches, ({ counts }) => counts.total);
  const done = sumOf(open_batches, ({ counts }) => counts.completed + counts.failed);
  const statuses = Object.entries(batches.by_status).flatMap(([status, count]) => [
    piece(` ${status} ${formatCount(count)}`, statusTone(status)),
  ]);
  const oldest = batches.oldest_created_at;
  return [
    label('open'),
    piece(bar(done, total, 10), 'accent'),
    piece(` ${percentOf(done, total)}%`),
    ...(statuses.length === 0 ? [piece(' no batch is open', 'dim')] : statuses),
    ...(oldest === null ? [] : [dot, piece(`oldest ${formatDuration(ageOf(oldest, now))}`)]),
  ];
}

function troubleLines({ batches, workers_note, money }: OperatorSnapshot): readonly Line[] {
  const stuck = batches.in_trouble;
  const { unpriced } = money.month;
  return [
    ...(stuck === 0 ? [] : [[label('trouble'), piece(`batches that need an operator: ${formatCount(stuck)}`, 'bad')]]),
    ...(workers_note === null ? [] : [[label('workers'), piece(workers_note, 'warn')]]),
    ...(unpriced.length === 0
      ? []
      : [[label('unpriced'), piece(unpriced.map(({ model }) => model).join(', '), 'warn')]]),
  ];
}

function settledLine(name: string, { lines, failed, sent_again, batches_by_status }: SettledTotals): Line {
  const statuses = Object.entries(batches_by_status).map(([status, count]) =>
    piece(` ${status} ${formatCount(count)}`, statusTone(status)),
  );
  return [
    label(name),
    piece(`${formatCount(lines)} lines settled`),
    ...(failed === 0 ? [] : [piece(`, ${formatCount(failed)} failed`, 'bad')]),
    ...(sent_again === 0 ? [] : [piece(`, ${formatCount(sent_again)} sent again`, 'warn')]),
    ...(statuses.length === 0 ? [] : [dot, piece('batches'), ...statuses]),
  ];
}

function moneyLine(name: string, money: MoneyTotals): Line {
  return [
    label(name),
    piece(`spent ${formatDollars(money.spent_usd)}`),
    dot,
    piece(`saved ${formatDollars(savingsOf(money))}`, 'good'),
  ];
}

/** What was saved, each kind apart, and what was spent in vain. */
function savingsLine(money: MoneyTotals): Line {
  const parts = savingParts(money).map(([name, dollars], index) => {
    const sign = dollars < 0 ? '− ' : index === 0 ? '' : '+ ';
    return piece(`${sign}${name} ${formatDollars(Math.abs(dollars))} `, dollars < 0 ? 'bad' : 'plain');
  });
  return [label('$ saved'), ...parts, piece('this month', 'dim')];
}

function healthLine({ dependencies, workers }: OperatorSnapshot): Line {
  const part = (name: 'store' | 'redis'): readonly Piece[] => {
    const { up, latency_ms } = dependencies[name];
    const text = up ? `${name} up${latency_ms === null ? '' : ` ${latency_ms.toFixed(1)} ms`}` : `${name} away`;
    return [piece(text, up ? 'good' : 'bad')];
  };
  const silent = workers.filter(({ alive }) => !alive).length;
  return [
    label('health'),
    ...part('store'),
    dot,
    ...part('redis'),
    dot,
    piece(`processes: ${workers.length - silent} alive`),
    ...(silent === 0 ? [] : [piece(`, ${silent} silent`, 'bad')]),
  ];
}

function roomLine({ headroom }: OperatorSnapshot): Line {
  const { held, max } = headroom.waiters;
  const creations = headroom.creations.flatMap(({ account, per_hour, wait_seconds }) => [
    dot,
    wait_seconds <= 0
      ? piece(`${account}: ${formatCount(per_hour)} batches an hour, room now`)
      : piece(`${account}: next batch in ${formatDuration(wait_seconds)}`, 'warn'),
  ]);
  return [label('room'), piece(`${formatCount(held)} of ${formatCount(max)} calls held`), ...creations];
}

const sumOf = (batches: readonly OperatorBatch[], field: (batch: OperatorBatch) => number): number =>
  batches.reduce((sum, batch) => sum + field(batch), 0);

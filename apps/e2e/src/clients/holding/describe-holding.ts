import type { CallEnd } from './holding-call.ts';
import type { Holding } from './measure.ts';

/** The measurement as tables of Markdown. */
export function describeHolding({ rows, early, patient, next, cameBack, asked, linesRun }: Holding): string {
  const table = rows.map(
    ({ client, lifeline, direct, proxied }) =>
      `| ${client} | ${lifeline} | ${describeEnd(direct)} | ${describeEnd(proxied)} |`,
  );
  return [
    '| Client | Kept alive by | Direct | Through nginx |',
    '| --- | --- | --- | --- |',
    ...table,
    '',
    `One connection with HOLD_MAX below the proxy's limit: ${describeEnd(early)}.`,
    `The official client on that way, coming again as it is told: ${describeEnd(patient)}.`,
    `The next call of a client that got interim answers through nginx: ${describeEnd(next)}.`,
    `A client that hung up and came back to another gateway: ${describeEnd(cameBack)}.`,
    `${asked} distinct questions, ${linesRun} lines run by the provider.`,
    '',
  ].join('\n');
}

const describeEnd = ({ kind, detail, seconds }: CallEnd): string =>
  `${kind === 'answered' ? 'answered' : detail} after ${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;

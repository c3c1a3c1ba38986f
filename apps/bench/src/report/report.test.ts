import { expect, it } from '@jest/globals';
import { type Finding } from '../measure/finding.ts';
import { findingRow } from './finding-row.ts';
import { numberText } from './number-text.ts';
import { markdown } from './write-report.ts';

const finding: Finding = {
  ...{ id: 'P1', what: 'cache hit', unit: 'calls/s', measured: [12_000, 13_000, 11_000] },
  baseline: { what: 'echo', measured: [10_000, 10_000, 10_000] },
  target: { bound: 'at least', value: 1.25 },
  note: 'the load | has a core',
};

it.each([
  [1234.5, '1,235'],
  [12.34, '12.3'],
  [1.234, '1.23'],
  [0, '0.00'],
  [Number.NaN, '–'],
])('%d reads %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

it('a finding is a row with its spread and its verdict', () => {
  expect(findingRow(finding)).toEqual([
    ...['P1', 'cache hit', '12,000 (11,000–13,000) calls/s', '10,000 (10,000–10,000) calls/s, echo'],
    ...['1.20 (1.10–1.30)', '≥ 1.25', 'within its spread'],
  ]);
});

it('without baseline and target it only tells', () => {
  const told = findingRow({ ...finding, measured: [3], baseline: null, target: null });
  expect(told).toEqual(['P1', 'cache hit', '3.00 calls/s', '', '', '', '']);
});

it('a report names its machine, and keeps its table whole', () => {
  const machine = { cpu: 'A CPU', cores: 2, memoryGiB: 24, system: 'Linux 6', node: 'v24' };
  const page = markdown({ at: new Date(0), machine, store: 'sqlite', quick: true, findings: [finding] });
  expect(page).toContain(
    '# Benchmarks, 1970-01-01\n\n2 × A CPU, 24 GiB, Linux 6, Node v24; store: sqlite; a quick run.',
  );
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  expect(rows).toHaveLength(3);
  expect(new Set(rows.map((line) => line.split(' | ').length))).toEqual(new Set([7]));
  expect(page).toContain('- P1, cache hit: the load | has a core');
});

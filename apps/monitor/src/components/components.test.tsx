import { describe, expect, it } from '@jest/globals';
import { renderToString } from 'ink';
import { type ReactNode } from 'react';
import { type Link } from '../feed/follow-system.ts';
import { busySnapshot, sampleNow } from '../testing/samples.ts';
import { piece } from '../text/tone.ts';
import { summaryLines } from '../view/summary-lines.ts';
import { tableOf } from '../view/table-of.ts';
import { firstView, type Mode } from '../view/view-state.ts';
import { BottomLines } from './bottom-lines.tsx';
import { Lines } from './lines.tsx';
import { Overview } from './overview.tsx';
import { TabBar } from './tab-bar.tsx';
import { Table } from './table.tsx';
import { TitleLine } from './title-line.tsx';

const linesOf = (node: ReactNode, columns = 80): readonly string[] => renderToString(node, { columns }).split('\n');
const known = { snapshot: busySnapshot(), listed: null, now: sampleNow };
const table = tableOf({ ...firstView, tab: 'active' }, known);

describe('a table', () => {
  const draw = (width: number, height: number, cursor = 1) =>
    linesOf(<Table table={table} cursor={cursor} width={width} height={height} />, width);

  it('has a head, a cursor and fits 80 columns', () => {
    expect(draw(80, 5)).toEqual([
      '  STATUS      BATCH    MODEL         PROGRESS       LINES  FAIL     AGE     ENDS',
      '  in_progress 01d00000 gpt-4o-mini   ████░░░░        5/10     1  5m 00s  ≤1h 00m',
      '› validating  7a110000 gpt-4o        ████░░░░        5/10     1  1m 00s        -',
      '',
      '',
    ]);
  });

  it('has more columns where there is room', () => {
    expect(draw(120, 2)[0]).toContain('STATE      BATCH    TENANT');
  });

  it('keeps the cursor in sight', () => {
    expect(draw(80, 2)[1]).toContain('› validating');
    expect(draw(80, 2, 0)[1]).toContain('› in_progress');
  });

  it('says why it is empty, and breaks nowhere', () => {
    const empty = { ...table, rows: [] };
    expect(linesOf(<Table table={empty} cursor={-1} width={80} height={3} />)[1]).toContain('No batch is open.');
    for (const width of [1, 5, 20, 40]) expect(draw(width, 3)).toHaveLength(3);
    expect(draw(80, 1)).toHaveLength(1);
  });
});

describe('the title', () => {
  const draw = (link: Link, staleSince: number | null = null) =>
    linesOf(
      <TitleLine url="http://gateway" link={link} now={sampleNow} ownNow={sampleNow * 1000} staleSince={staleSince} />,
    )[0];

  it('says how well the gateway is heard', () => {
    expect(draw({ kind: 'live' })).toMatch(/^batch-gpt http:\/\/gateway +live 18:37:04 UTC$/);
    expect(draw({ kind: 'connecting' })).toMatch(/connecting$/);
    expect(draw({ kind: 'polling', since: 0, reason: '' })).toMatch(/polling 18:37:04 UTC$/);
    expect(draw({ kind: 'away', since: (sampleNow - 12) * 1000, reason: 'x' })).toMatch(
      /away since 18:36:52 UTC \(12s\)$/,
    );
    expect(draw({ kind: 'live' }, sampleNow - 60)).toContain('store away since 18:36:04 live');
  });
});

describe('the tabs', () => {
  it('fit 80 columns with their counts', () => {
    expect(linesOf(<TabBar tab="active" counts={{ active: 1234 }} width={80} />)[0]).toBe(
      '1 Overview 2 Active(1234) 3 Completed 4 Failed 5 Expired 6 Requests 7 Workers',
    );
  });

  it('are short where it is narrow', () => {
    expect(linesOf(<TabBar tab="active" counts={{}} width={60} />, 60)[0]).toBe(
      '1 Ove 2 Active 3 Com 4 Fai 5 Exp 6 Req 7 Wor',
    );
  });
});

describe('the overview', () => {
  const draw = (height: number, news = [{ at: sampleNow, text: 'batch formed', tone: 'plain' as const }]) => {
    const groups = tableOf(firstView, known);
    const summary = summaryLines(known.snapshot, null, sampleNow);
    return linesOf(<Overview {...{ summary, groups, cursor: 0, news, width: 80, height }} />);
  };

  it('has the numbers, the groups and what happened', () => {
    const drawn = draw(20);
    expect(drawn).toHaveLength(20);
    expect(drawn[0]).toContain('12 waiting');
    expect(drawn.join('\n')).toMatch(
      /WAITING +ENDPOINT[^\n]*\n› gpt-4o-mini[^\n]*\n\n {2}LATELY\n {2}18:37:04 {2}batch formed/,
    );
  });

  it.each([1, 3, 9, 11, 13])('fits %d lines', (height) => expect(draw(height)).toHaveLength(height));

  it('needs no news', () => expect(draw(20, []).join('\n')).not.toContain('LATELY'));
});

describe('the bottom', () => {
  const order = { action: 'cancel', id: 'b', what: 'batch b' } as const;
  const draw = (mode: Mode, changes: Partial<Parameters<typeof BottomLines>[0]> = {}) =>
    linesOf(
      <BottomLines {...{ mode, tab: 'active', notice: null, link: { kind: 'live' }, about: '2 rows', ...changes }} />,
    );

  it('says what the list is, and the keys', () => {
    const [about, keys] = draw({ kind: 'browse' });
    expect(about).toBe('2 rows');
    expect(keys).toBe('1-7 tabs  Enter details  / filter  s sort  c cancel  a abandon  ? help  q quit');
    expect(draw({ kind: 'browse' }, { tab: 'overview' })[1]).toContain('f flush');
    expect(draw({ kind: 'browse' }, { tab: 'failed' })[1]).toContain('r retry');
  });

  it.each([
    ['cancel', 'Cancel batch b?'],
    ['retry', 'Run batch b again?'],
    ['abandon', 'Give batch b up? Its callers are told.'],
    ['flush', 'Close batch b now?'],
  ] as const)('asks before it has something done: %s', (action, question) => {
    const [asked] = draw({ kind: 'confirm', order: { ...order, action }, behind: { kind: 'browse' } });
    expect(asked).toBe(`${question}  y yes · any other key no`);
  });

  it('shows what is typed, what happened and why nothing is heard', () => {
    expect(draw({ kind: 'filter', text: 'gpt' })[0]).toBe('/gpt█');
    expect(draw({ kind: 'filter', text: '' }, { tab: 'requests' })[0]).toContain('state:done');
    expect(draw({ kind: 'browse' }, { notice: { text: 'Done.', tone: 'good' } })[0]).toBe('Done.');
    const away: Link = { kind: 'away', since: 0, reason: 'refused' };
    expect(draw({ kind: 'browse' }, { link: away })[0]).toBe('Shown is what was last known: refused');
    const polling: Link = { kind: 'polling', since: 0, reason: 'no events' };
    expect(draw({ kind: 'browse' }, { link: polling })[0]).toBe('Asking every two seconds: no events');
    expect(draw({ kind: 'help', behind: { kind: 'browse' } })[1]).toContain('any key back');
    const target = { kind: 'batch', id: 'b' } as const;
    expect(draw({ kind: 'details', target, scroll: 0 })[1]).toContain('c cancel  r retry  a abandon');
  });
});

describe('lines', () => {
  it('are cut at the edge and scrolled', () => {
    const lines = ['one', 'two', 'three is long', 'four'].map((text) => [piece(text)]);
    expect(linesOf(<Lines lines={lines} height={2} from={2} />, 8)).toEqual(['three i…', 'four']);
  });
});

import { Box, useApp, useInput, useWindowSize } from 'ink';
import { useEffect, useReducer, useState, useSyncExternalStore, type ReactNode } from 'react';
import { BottomLines } from './components/bottom-lines.tsx';
import { Lines } from './components/lines.tsx';
import { Overview } from './components/overview.tsx';
import { TabBar } from './components/tab-bar.tsx';
import { Table } from './components/table.tsx';
import { TitleLine } from './components/title-line.tsx';
import { type StatusClient } from '@batch-gpt/status-client';
import { carryOut } from './feed/carry-out.ts';
import { type MonitorClock, type SystemFeed } from './feed/follow-system.ts';
import { detailsQuestion, listQuestion, type Details } from './feed/questions.ts';
import { ordersOfBatch } from './rows/orders.ts';
import { piece, type Line } from './text/tone.ts';
import { useAnswer, type Answered } from './use-answer.ts';
import { changeView, withNotice, type Surroundings } from './view/change-view.ts';
import { batchLines, requestLines, type Room } from './view/details-lines.ts';
import { helpLines } from './view/help-lines.ts';
import { readKeys, type Wish } from './view/read-keys.ts';
import { summaryLines } from './view/summary-lines.ts';
import { aboutTable, tableOf, type Known } from './view/table-of.ts';
import { cursorAmong, firstView, listOf, type Notice, type ViewState } from './view/view-state.ts';

interface AppProps {
  readonly feed: SystemFeed;
  readonly client: StatusClient;
  readonly url: string;
  readonly clock: MonitorClock;
}

/** Of the title, the tabs and the two lines at the bottom. */
const frameHeight = 4;

/** The whole screen. */
export function App({ feed, client, url, clock }: AppProps): ReactNode {
  const { exit } = useApp();
  const { columns: width, rows } = useWindowSize();
  const system = useSyncExternalStore(feed.subscribe, feed.state);
  useTick(1000);
  const [view, change] = useReducer(reduce, firstView);
  const [orders, setOrders] = useState(0);

  const { snapshot, link } = system;
  const now = feed.now();
  const height = Math.max(1, rows - frameHeight);
  const target = targetOf(view);
  const { filter, index } = listOf(view);
  const version = `${snapshot?.id ?? ''} ${orders}`;
  const list = useAnswer(listQuestion(client, { tab: view.tab, filter, index }, feed.now), version, clock);
  const details = useAnswer(target === null ? null : detailsQuestion(client, target), version, clock);

  const known: Known = { snapshot, listed: list.answer, now };
  const table = tableOf(view, known);
  const cursor = cursorAmong(table.rows, listOf(view));
  const lines = target === null ? [] : detailsLines(details, { width, now });
  const around: Surroundings = {
    rowsOf: (state) => tableOf(state, state.tab === view.tab ? known : { ...known, listed: null }).rows,
    detailsOrders: details.answer === null ? null : ordersOfDetails(details.answer),
    detailLines: lines.length,
    height,
  };

  useInput((input, key) => {
    for (const wish of readKeys(view.mode.kind, input, key)) {
      if (wish.kind === 'quit') exit();
      if (wish.kind === 'confirm' && view.mode.kind === 'confirm') {
        void carryOut(client, view.mode.order).then((notice) => {
          change({ notice });
          setOrders((given) => given + 1);
        });
      }
      change({ wish, around });
    }
  });

  const trouble = target === null ? list.trouble : details.trouble;
  const notice: Notice | null = view.notice ?? (trouble === null ? null : { text: trouble, tone: 'bad' });
  const body = (): ReactNode => {
    if (view.mode.kind === 'help') return <Lines lines={helpLines} height={height} />;
    if (target !== null) return <Lines lines={lines} height={height} from={scrollOf(view, lines.length - height)} />;
    if (view.tab !== 'overview') return <Table table={table} cursor={cursor} width={width} height={height} />;
    const summary = snapshot === null ? waitingFor(url) : summaryLines(snapshot, feed.rates(), now);
    return <Overview {...{ summary, groups: table, cursor, news: system.news, width, height }} />;
  };
  return (
    <Box flexDirection="column" width={width} height={rows} overflow="hidden">
      <TitleLine {...{ url, link, now, ownNow: clock.now(), staleSince: snapshot?.stale_since ?? null }} />
      <TabBar tab={view.tab} counts={snapshot === null ? {} : { active: snapshot.batches.open }} width={width} />
      <Box height={height} flexShrink={0} flexDirection="column" overflow="hidden">
        {body()}
      </Box>
      <BottomLines {...{ mode: view.mode, tab: view.tab, notice, link, about: aboutTable(view, table, known) }} />
    </Box>
  );
}

type Change = { readonly wish: Wish; readonly around: Surroundings } | { readonly notice: Notice };

const reduce = (state: ViewState, change: Change): ViewState =>
  'notice' in change ? withNotice(state, change.notice) : changeView(state, change.wish, change.around);

/** Ages grow though nothing happens. */
function useTick(everyMs: number): void {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}

/** What the details are of that are shown, or that a question or the help covers. */
function targetOf({ mode }: ViewState) {
  const shown = mode.kind === 'confirm' || mode.kind === 'help' ? mode.behind : mode;
  return shown.kind === 'details' ? shown.target : null;
}

function scrollOf({ mode }: ViewState, last: number): number {
  const shown = mode.kind === 'confirm' || mode.kind === 'help' ? mode.behind : mode;
  return shown.kind === 'details' ? Math.max(0, Math.min(shown.scroll, last)) : 0;
}

function detailsLines({ answer }: Answered<Details>, room: Room): readonly Line[] {
  if (answer === null) return [[piece('reading …', 'dim')]];
  return answer.kind === 'batch' ? batchLines(answer.batch, room) : requestLines(answer.request, room);
}

/** A request's details speak of its batch: what can be done is done to that. */
function ordersOfDetails(details: Details) {
  if (details.kind === 'batch') return ordersOfBatch(details.batch);
  return details.request.batch === null ? {} : ordersOfBatch(details.request.batch);
}

const waitingFor = (url: string): readonly Line[] => [[], [piece(`  Waiting for the gateway at ${url} …`, 'dim')]];

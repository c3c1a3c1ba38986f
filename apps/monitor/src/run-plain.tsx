import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { type StatusClient } from '@batch-gpt/status-client';
import { Box, renderToString } from 'ink';
import { Lines } from './components/lines.tsx';
import { Table } from './components/table.tsx';
import { type SystemFeed } from './feed/follow-system.ts';
import { type News } from './feed/news-of.ts';
import { cleanStrings } from './text/clean-text.ts';
import { formatMoment } from './text/format-values.ts';
import { statusLine } from './text/status-line.ts';
import { toSafeJson } from './text/to-safe-json.ts';
import { summaryLines } from './view/summary-lines.ts';
import { tableOf } from './view/table-of.ts';
import { firstView } from './view/view-state.ts';

type Write = (line: string) => void;

/** Says once how things are, as JSON or for people; rejects when the gateway does not say. */
export async function sayOnce(
  client: Pick<StatusClient, 'snapshot'>,
  { json, columns, write, signal }: { json: boolean; columns: number; write: Write; signal: AbortSignal },
): Promise<void> {
  const snapshot = await client.snapshot(signal);
  write(json ? toSafeJson(snapshot) : drawOnce(cleanStrings(snapshot), columns));
}

function drawOnce(snapshot: OperatorSnapshot, width: number): string {
  const known = { snapshot, listed: null, now: snapshot.at };
  const tables = (['overview', 'active', 'workers'] as const).map((tab) => ({
    tab,
    table: tableOf({ ...firstView, tab }, known),
  }));
  const summary = summaryLines(snapshot, null, snapshot.at);
  const drawn = renderToString(
    <Box flexDirection="column" width={width}>
      <Lines lines={summary} height={summary.length} />
      {tables.map(({ tab, table }) => (
        <Box key={tab} marginTop={1} flexDirection="column">
          <Table table={table} cursor={-1} width={width} height={Math.max(1, table.rows.length) + 1} />
        </Box>
      ))}
    </Box>,
    { columns: width },
  );
  return drawn.replace(/[ \t]+$/gm, '');
}

/** Says what changes, line by line, until the signal aborts: for logs and pipes. */
export async function sayChanges(
  feed: SystemFeed,
  { json, write, signal }: { json: boolean; write: Write; signal: AbortSignal },
): Promise<void> {
  let said: { id: string | null; link: string; news: News | null } = { id: null, link: '', news: null };
  const say = (): void => {
    const { snapshot, link, news } = feed.state();
    if (snapshot !== null && snapshot.id !== said.id) write(json ? toSafeJson(snapshot) : statusLine(snapshot));
    if (!json) {
      const fresh = said.news === null ? news : news.slice(0, news.indexOf(said.news));
      for (const { at, text } of fresh.toReversed()) write(`${formatMoment(at)} ${text}`);
      if (link.kind !== said.link && 'reason' in link) {
        write(`${formatMoment(link.since / 1000)} ${link.kind}: ${link.reason}`);
      }
    }
    said = { id: snapshot?.id ?? null, link: link.kind, news: news[0] ?? null };
  };
  const unsubscribe = feed.subscribe(say);
  try {
    await feed.run(signal);
  } finally {
    unsubscribe();
  }
}

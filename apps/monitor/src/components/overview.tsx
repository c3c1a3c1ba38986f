import { Box } from 'ink';
import { type ReactNode } from 'react';
import { type News } from '../feed/news-of.ts';
import { type TableModel } from '../rows/table-model.ts';
import { formatClock } from '../text/format-values.ts';
import { piece, type Line } from '../text/tone.ts';
import { Lines } from './lines.tsx';
import { Table } from './table.tsx';

interface OverviewProps {
  readonly summary: readonly Line[];
  readonly groups: TableModel;
  readonly cursor: number;
  readonly news: readonly News[];
  readonly width: number;
  readonly height: number;
}

const fewestGroups = 4;
const mostNews = 8;

/** The numbers, the groups that wait, and what happened. */
export function Overview({ summary, groups, cursor, news, width, height }: OverviewProps): ReactNode {
  const top = Math.min(summary.length, height);
  const rest = height - top - 1;
  const wantedByGroups = Math.max(2, groups.rows.length + 1);
  const newsWanted = news.length === 0 ? 0 : news.length + 1;
  const newsRoom = Math.max(0, Math.min(mostNews, newsWanted, rest - Math.min(wantedByGroups, fewestGroups) - 1));
  const groupsRoom = Math.max(0, rest - (newsRoom === 0 ? 0 : newsRoom + 1));
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      <Lines lines={summary} height={top} />
      {groupsRoom > 0 && (
        <Box marginTop={1} flexShrink={0}>
          <Table table={groups} cursor={cursor} width={width} height={Math.min(groupsRoom, wantedByGroups)} />
        </Box>
      )}
      {newsRoom > 0 && (
        <Box marginTop={1} flexShrink={0}>
          <Lines lines={newsLines(news)} height={newsRoom} />
        </Box>
      )}
    </Box>
  );
}

function newsLines(news: readonly News[]): readonly Line[] {
  const told = news.map(({ at, text, tone }): Line => [piece(`  ${formatClock(at)}  `, 'dim'), piece(text, tone)]);
  return [[piece('  LATELY', 'dim')], ...told];
}

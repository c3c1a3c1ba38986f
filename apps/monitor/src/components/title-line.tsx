import { Box, Text } from 'ink';
import { type ReactNode } from 'react';
import { type Link } from '../feed/follow-system.ts';
import { formatDuration } from '@batch-gpt/status-client';
import { formatClock } from '../text/format-values.ts';
import { piece, type Line } from '../text/tone.ts';
import { TextLine } from './text-line.tsx';

interface TitleProps {
  readonly url: string;
  readonly link: Link;
  /** Unix seconds by the gateway's clock, and since when its store is away. */
  readonly now: number;
  readonly staleSince: number | null;
  /** Milliseconds of our own clock. */
  readonly ownNow: number;
}

/** Where one looks, and how well it is heard. */
export function TitleLine({ url, ...heard }: TitleProps): ReactNode {
  return (
    <Box height={1} gap={2} justifyContent="space-between">
      <Box flexShrink={1} overflow="hidden">
        <Text wrap="truncate-end">
          <Text bold>batch-gpt</Text> {url}
        </Text>
      </Box>
      <Box flexShrink={0}>
        <TextLine line={linkLine(heard)} />
      </Box>
    </Box>
  );
}

function linkLine({ link, now, ownNow, staleSince }: Omit<TitleProps, 'url'>): Line {
  switch (link.kind) {
    case 'connecting':
      return [piece('connecting', 'warn')];
    case 'away': {
      const since = formatClock(link.since / 1000);
      return [piece(`away since ${since} UTC (${formatDuration((ownNow - link.since) / 1000)})`, 'bad')];
    }
    case 'live':
    case 'polling': {
      const stale = staleSince === null ? [] : [piece(`store away since ${formatClock(staleSince)} `, 'bad')];
      const word = link.kind === 'live' ? piece('live', 'good') : piece('polling', 'warn');
      return [...stale, word, piece(` ${formatClock(now)} UTC`, 'dim')];
    }
  }
}

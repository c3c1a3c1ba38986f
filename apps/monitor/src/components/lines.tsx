import { Box } from 'ink';
import { type ReactNode } from 'react';
import { type Line } from '../text/tone.ts';
import { TextLine } from './text-line.tsx';

/** Lines one below the other, as many as fit, from `from` on. */
export function Lines({
  lines,
  height,
  from = 0,
}: {
  readonly lines: readonly Line[];
  readonly height: number;
  readonly from?: number;
}): ReactNode {
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      {lines.slice(from, from + height).map((line, index) => (
        <TextLine key={index} line={line.length === 0 ? [{ text: ' ' }] : line} />
      ))}
    </Box>
  );
}

import { Text, type TextProps } from 'ink';
import { type ReactNode } from 'react';
import { type Line, type Tone } from '../text/tone.ts';

/** Pieces side by side on one line, cut where the terminal ends. */
export function TextLine({ line }: { readonly line: Line }): ReactNode {
  return (
    <Text wrap="truncate-end">
      {line.map(({ text, tone }, index) => (
        <Text key={index} {...lookOf(tone)}>
          {text}
        </Text>
      ))}
    </Text>
  );
}

/** What a tone looks like. Nothing is said by colour alone. */
export function lookOf(tone: Tone = 'plain'): TextProps {
  switch (tone) {
    case 'plain':
      return {};
    case 'dim':
      return { dimColor: true };
    case 'strong':
      return { bold: true };
    case 'accent':
      return { color: 'cyan' };
    case 'good':
      return { color: 'green' };
    case 'warn':
      return { color: 'yellow' };
    case 'bad':
      return { color: 'red' };
  }
}

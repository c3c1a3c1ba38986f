import { Box, Text } from 'ink';
import { type ReactNode } from 'react';
import { tabs, tabTitle, type Tab } from '../view/tabs.ts';

interface TabBarProps {
  readonly tab: Tab;
  /** Shown behind the name. */
  readonly counts: Readonly<Partial<Record<Tab, number>>>;
  readonly width: number;
}

const roomForNames = 76;

/** The tabs with their numbers; on a narrow terminal the others are short. */
export function TabBar({ tab, counts, width }: TabBarProps): ReactNode {
  return (
    <Box height={1} gap={1} overflow="hidden">
      {tabs.map((name, index) => {
        const count = counts[name];
        const title = width < roomForNames && name !== tab ? tabTitle(name).slice(0, 3) : tabTitle(name);
        return (
          <Box key={name} flexShrink={0}>
            <Text {...(name === tab ? { bold: true, underline: true } : { dimColor: true })}>
              {`${index + 1} ${title}${count === undefined ? '' : `(${count})`}`}
            </Text>
          </Box>
        );
      })}
    </Box>
  );
}

import { Box, Text } from 'ink';
import { type ReactNode } from 'react';
import { type ColumnHead, type Row, type TableModel } from '../rows/table-model.ts';
import { type Piece } from '../text/tone.ts';
import { lookOf } from './text-line.tsx';

interface TableProps {
  readonly table: TableModel;
  /** The row that is pointed at; -1: none. */
  readonly cursor: number;
  readonly width: number;
  /** Of the head and the rows together. */
  readonly height: number;
}

/** A table's head and the rows around the cursor. */
export function Table({ table, cursor, width, height }: TableProps): ReactNode {
  const shown = table.columns.map(({ from = 0 }) => from <= width);
  const columns = table.columns.filter((_, index) => shown[index]);
  const room = Math.max(0, height - 1);
  const first = firstRow(cursor, table.rows.length, room);
  const visible = table.rows.slice(first, first + room);
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0} overflow="hidden">
      <Cells columns={columns} pieces={columns.map(({ title }) => ({ text: title, tone: 'dim' }))} marker=" " />
      {visible.map((row, index) => (
        <TableRow key={row.id} row={row} columns={columns} shown={shown} isSelected={first + index === cursor} />
      ))}
      {table.rows.length === 0 && room > 0 && <Text dimColor wrap="truncate-end">{`  ${table.empty}`}</Text>}
    </Box>
  );
}

/** Keeps the cursor in the middle where there is more than fits. */
function firstRow(cursor: number, rows: number, room: number): number {
  return Math.max(0, Math.min(cursor - Math.floor(room / 2), rows - room));
}

function TableRow({
  row,
  columns,
  shown,
  isSelected,
}: {
  readonly row: Row;
  readonly columns: readonly ColumnHead[];
  readonly shown: readonly boolean[];
  readonly isSelected: boolean;
}): ReactNode {
  const pieces = row.cells().filter((_, index) => shown[index]);
  return <Cells columns={columns} pieces={pieces} marker={isSelected ? '›' : ' '} isSelected={isSelected} />;
}

function Cells({
  columns,
  pieces,
  marker,
  isSelected = false,
}: {
  readonly columns: readonly ColumnHead[];
  readonly pieces: readonly Piece[];
  readonly marker: string;
  readonly isSelected?: boolean;
}): ReactNode {
  return (
    <Box gap={1} height={1} flexShrink={0} {...(isSelected ? { backgroundColor: 'blackBright' } : {})}>
      <Text bold>{marker}</Text>
      {columns.map(({ title, width, align }, index) => {
        const { text = '', tone = 'plain' } = pieces[index] ?? {};
        const size = width === null ? { flexGrow: 1, flexBasis: 0 } : { width, flexShrink: 0 };
        // Dim on the colour of the cursor would be hard to read.
        const look = isSelected ? { ...lookOf(tone === 'dim' ? 'plain' : tone), bold: true } : lookOf(tone);
        return (
          <Box
            key={title}
            height={1}
            overflow="hidden"
            justifyContent={align === 'right' ? 'flex-end' : 'flex-start'}
            {...size}
          >
            <Text wrap="truncate-end" {...look}>
              {text}
            </Text>
          </Box>
        );
      })}
    </Box>
  );
}

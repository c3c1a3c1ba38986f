import type { SQLOutputValue } from 'node:sqlite';
import { AppError } from '@batch-gpt/errors';

/** A row as the database gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** Reads a text column; callers name the brand of what this library wrote there. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw badColumn(column);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw badColumn(column);
  return value;
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

export function flag(row: Row, column: string): boolean {
  return integer(row, column) !== 0;
}

function badColumn(column: string): AppError {
  return new AppError('internal_error', `the database holds something unexpected in column ${column}`);
}

import { filterRows } from '@batch-gpt/status-client';
import { type Piece } from '../text/tone.ts';
import { type Orders } from './orders.ts';

/** What Enter leads to. */
export type Opens =
  { readonly kind: 'batch' | 'request'; readonly id: string } | { readonly kind: 'requests'; readonly filter: string };

/** A row's identity, which survives that rows move, and what can be done with it. */
export interface RowRef {
  readonly id: string;
  readonly opens: Opens | null;
  readonly orders: Orders;
}

/** One row; its cells are made when it is drawn. */
export interface Row extends RowRef {
  readonly cells: () => readonly Piece[];
}

/** A column as it is drawn. */
export interface ColumnHead {
  readonly title: string;
  /** In characters; null: what is left. */
  readonly width: number | null;
  readonly align?: 'right';
  /** Left out where the terminal is narrower. */
  readonly from?: number;
}

/** A table: filtered, sorted, ready to be drawn. */
export interface TableModel {
  readonly columns: readonly ColumnHead[];
  readonly rows: readonly Row[];
  /** The name of the order that it is in. */
  readonly sortedBy: string;
  /** What to say where there is no row. */
  readonly empty: string;
}

/** A column of things of this kind. */
export interface Column<T> extends ColumnHead {
  /** `now` in Unix seconds, by the gateway's clock. */
  readonly cell: (item: T, now: number) => Piece;
}

/** An order, by its name. */
export interface Sort<T> {
  readonly name: string;
  readonly sort: (items: readonly T[]) => readonly T[];
}

/** An order by a comparison; the given order stays among equals. */
export const sortedBy = <T>(name: string, compare: (a: T, b: T) => number): Sort<T> => ({
  name,
  sort: (items) => items.toSorted(compare),
});

/** Compares what a field of things says. */
export const byText =
  <T>(textOf: (item: T) => string) =>
  (a: T, b: T): number => {
    const [first, second] = [textOf(a), textOf(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  };

/** How things of one kind are listed. */
export interface Listing<T> {
  readonly columns: readonly Column<T>[];
  /** The first is the order to begin with. */
  readonly sorts: readonly Sort<T>[];
  readonly refOf: (item: T) => RowRef;
  readonly empty: string;
}

/** What is wanted of a listing. */
export interface TableWish {
  /** Words that all have to occur; '' lets everything through. */
  readonly filter: string;
  /** How often the order was changed. */
  readonly sort: number;
  readonly now: number;
}

/** Filters and sorts. */
export function toTable<T extends object>(
  listing: Listing<T>,
  items: readonly T[],
  { filter, sort, now }: TableWish,
): TableModel {
  const { columns, sorts, refOf, empty } = listing;
  const matching = filterRows(items, filter);
  const order = sorts[sort % sorts.length];
  const sorted = order === undefined ? matching : order.sort(matching);
  return {
    columns,
    rows: sorted.map((item) => ({ ...refOf(item), cells: () => columns.map(({ cell }) => cell(item, now)) })),
    sortedBy: order?.name ?? '',
    empty: filter === '' ? empty : `Nothing matches "${filter}".`,
  };
}

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** `INSERT INTO table (columns) VALUES (?, …)`. */
export function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

/** `a = ?, b = ?` for a SET clause. */
export function assignments(columns: readonly string[]): string {
  return columns.map((name) => `${name} = ?`).join(', ');
}

/** Runs a changing statement for every item and gives those items for which a row changed. */
export function changedItems<T>(
  statement: StatementSync,
  items: readonly T[],
  valuesOf: (item: T) => readonly SQLInputValue[],
): T[] {
  return items.filter((item) => statement.run(...valuesOf(item)).changes > 0);
}

/** For a LIMIT: SQLite takes a negative one for none at all. */
export function atLeastNone(limit: number): number {
  return Math.max(limit, 0);
}

/** Prepares lazily: a statement that is never used costs nothing. */
export type Prepare = (sql: string) => StatementSync;

/** Prepares each statement text once. The texts are constants of this library, so their number is bounded. */
export function createPrepare(db: DatabaseSync): Prepare {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
}

/**
 * How all collections are written and read: acknowledged is what a majority has in its journal, and what is read is
 * what was acknowledged. Set on the collections, because the same options in the URL would win over the connection's.
 */
export const durability = {
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
} as const;

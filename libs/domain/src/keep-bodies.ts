import type { Outcome } from './outcome.ts';

/** Of which ended requests the text stays in the store: an operator may run failed ones again by it. */
export const keepBodies = ['all', 'failed', 'none'] as const;
export type KeepBodies = (typeof keepBodies)[number];

/** Whether the text of a request stays that ended so. */
export const keepsBody = (keep: KeepBodies, { kind }: Pick<Outcome, 'kind'>): boolean =>
  keep === 'all' || (keep === 'failed' && kind === 'failed');

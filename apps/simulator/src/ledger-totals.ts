/** Sums over everything since the start or the last reset. */
export interface LedgerTotals {
  /** Files stored by upload. */
  files: number;
  /** Calls to create a batch, refused ones included. */
  batches: number;
  /** Batches that came into being, those with a lost answer included. */
  created: number;
  /** Lines read by validation. */
  lines_received: number;
  lines_run: number;
  /** Lines that ended in 2xx: what would be paid. */
  lines_billed: number;
  input_tokens: number;
  output_tokens: number;
  /** Distinct custom ids among the lines that ran. */
  distinct_custom_ids: number;
  /** Custom ids that ran more than once. */
  repeated_custom_ids: number;
  /** Custom ids that were billed more than once: money paid twice. */
  billed_twice_custom_ids: number;
  /** Rows sent whole in downloads of result files, each download counted. */
  delivered_rows: number;
  /** Distinct custom ids among the delivered rows. */
  delivered_custom_ids: number;
  /** Custom ids of which more than one row was delivered. */
  delivered_twice_custom_ids: number;
  /** Webhooks that were answered with 2xx, the second one of a doubled pair included. */
  webhooks_delivered: number;
  /** Webhooks that were given up, lost by a fault, or not taken because too many waited. */
  webhooks_lost: number;
  /** Synchronous calls that were answered; they are no lines. */
  sync_calls: number;
  /** Lines beyond the ledger's limit: counted above, not listed, and not among the ids. */
  lines_not_kept: number;
}

/** Totals that are counted from outside, one or some at a time. */
export const countables = [
  'files',
  'batches',
  'created',
  'lines_received',
  'sync_calls',
  'webhooks_delivered',
  'webhooks_lost',
] as const;
/** The name of such a total. */
export type Countable = (typeof countables)[number];

/** The sums of an empty ledger. */
export const noTotals: LedgerTotals = {
  files: 0,
  batches: 0,
  created: 0,
  lines_received: 0,
  lines_run: 0,
  lines_billed: 0,
  input_tokens: 0,
  output_tokens: 0,
  distinct_custom_ids: 0,
  repeated_custom_ids: 0,
  billed_twice_custom_ids: 0,
  delivered_rows: 0,
  delivered_custom_ids: 0,
  delivered_twice_custom_ids: 0,
  webhooks_delivered: 0,
  webhooks_lost: 0,
  sync_calls: 0,
  lines_not_kept: 0,
};

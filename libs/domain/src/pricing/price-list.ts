/** US dollars per million tokens. */
export interface TokenPrice {
  readonly input: number;
  /** Input that the provider had cached; null: the same as other input. */
  readonly cachedInput: number | null;
  readonly output: number;
}

/** What a model costs: the list price of a synchronous call, and that of a batch. */
export interface ModelPrice extends TokenPrice {
  /** Left out: half of the list price. */
  readonly batch?: TokenPrice | undefined;
  /** The month in which the price was read from the provider's page, `2026-11`; left out: nobody said. */
  readonly asOf?: string | undefined;
}

/** Prices by model. */
export type PriceList = ReadonlyMap<string, ModelPrice>;

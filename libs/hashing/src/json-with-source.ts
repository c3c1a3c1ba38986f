/** A number kept as the text it was written in; made by `JSON.rawJSON`, which nothing a caller sends can imitate. */
export interface RawNumber {
  readonly rawJSON: string;
}

interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}

/** The runtime's JSON with the source-text proposal (ECMAScript 2026), which the compiler's library does not know yet. */
export const jsonWithSource = JSON as unknown as JsonWithSource;

import { z } from 'zod';

const totalsSchema = z.object({
  created: z.number(),
  lines_run: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
});

/** What the provider did so far, as the simulator counts it. */
export type ProviderTotals = Readonly<z.infer<typeof totalsSchema>>;

/** Asks the simulator for its totals. */
export async function readLedger(simulatorUrl: string): Promise<ProviderTotals> {
  const response = await fetch(`${simulatorUrl}/simulator/ledger/totals`);
  return totalsSchema.parse(await response.json());
}

/** What happened between two looks. */
export const since = (before: ProviderTotals, after: ProviderTotals): ProviderTotals => ({
  created: after.created - before.created,
  lines_run: after.lines_run - before.lines_run,
  input_tokens: after.input_tokens - before.input_tokens,
  output_tokens: after.output_tokens - before.output_tokens,
});

import { z } from 'zod';

const totals = z.object({
  files: z.number(),
  batches: z.number(),
  created: z.number(),
  lines_received: z.number(),
  lines_run: z.number(),
  lines_billed: z.number(),
  distinct_custom_ids: z.number(),
  repeated_custom_ids: z.number(),
  billed_twice_custom_ids: z.number(),
});
const ledgerLine = z.object({
  custom_id: z.string(),
  model: z.string(),
  endpoint: z.string(),
  batch_id: z.string(),
  status: z.number(),
  billed: z.boolean(),
  usage: z.object({ input_tokens: z.number(), output_tokens: z.number() }),
});
const ledgerPage = z.object({ lines: z.array(ledgerLine), has_more: z.boolean(), next_after: z.number() });

export type LedgerTotals = z.infer<typeof totals>;
export type LedgerLine = z.infer<typeof ledgerLine>;

/** The simulator as the witness of what the provider received, ran and would bill. */
export interface Witness {
  readonly totals: () => Promise<LedgerTotals>;
  readonly lines: () => Promise<readonly LedgerLine[]>;
  /** New settings, and faults that shall be in force instead of the present ones. */
  readonly control: (change: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Ends one of the provider's batches at once. */
  readonly finish: (providerBatchId: string) => Promise<void>;
}

export function createWitness(simulatorUrl: string): Witness {
  const ask = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${simulatorUrl}/simulator${path}`, init);
    if (!response.ok) throw new Error(`the simulator answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  return {
    totals: async () => totals.parse(await ask('/ledger/totals')),
    lines: async () => {
      const lines: LedgerLine[] = [];
      for (let after = 0; ;) {
        const page = ledgerPage.parse(await ask(`/ledger?after=${after}&limit=10000`));
        lines.push(...page.lines);
        if (!page.has_more) return lines;
        after = page.next_after;
      }
    },
    control: async (change) => {
      await ask('/control', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(change),
      });
    },
    finish: async (providerBatchId) => {
      await ask(`/batches/${providerBatchId}/finish`, { method: 'POST' });
    },
  };
}

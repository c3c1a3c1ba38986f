import type { ProviderTotals } from './read-ledger.ts';
import type { Answer } from './send-calls.ts';

/** What a demo run came to. */
export interface DemoResult {
  readonly distinct: number;
  readonly answers: readonly Answer[];
  /** Null without a simulator to ask. */
  readonly provider: ProviderTotals | null;
  readonly seconds: number;
}

// OpenAI bills batch lines at half the price of direct calls (developers.openai.com, guide "Batch").
const BATCH_PRICE = 0.5;

/** The rows that say what was batched, shared and saved. */
export function summarize({ distinct, answers, provider, seconds }: DemoResult): [string, string][] {
  const answered = answers.filter(({ ok }) => ok);
  const batches = provider?.created ?? new Set(answered.map(({ batchId }) => batchId).filter((id) => id !== null)).size;
  const lines = provider?.lines_run ?? distinct;
  const asked = answered.reduce((sum, { tokens }) => sum + tokens, 0);
  const paid = provider === null ? null : provider.input_tokens + provider.output_tokens;
  return [
    ['calls', `${answers.length}, ${distinct} of them different`],
    ['answered', `${answered.length} in ${seconds.toFixed(1)} s, ${answers.length - answered.length} failed`],
    ['batched', `${lines} lines in ${batches} ${batches === 1 ? 'batch' : 'batches'} at the provider`],
    [
      'shared',
      `${answers.length - lines} calls (${percent(1 - lines / answers.length)}) cost nothing: same question, one line`,
    ],
    ['saved', saved(asked, paid)],
  ];
}

function saved(asked: number, paid: number | null): string {
  if (paid === null || asked === 0) return 'not known without a simulator';
  return `${percent(1 - (paid * BATCH_PRICE) / asked)} of the price: ${asked} tokens answered, ${paid} paid, at half price`;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

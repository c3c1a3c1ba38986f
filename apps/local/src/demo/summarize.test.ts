import { describe, expect, it } from '@jest/globals';
import { DEMO, demoCalls } from './demo-calls.ts';
import type { Answer } from './send-calls.ts';
import { summarize } from './summarize.ts';

const answer = (changes: Partial<Answer> = {}): Answer => ({
  ok: true,
  tokens: 10,
  batchId: 'batch_1',
  cacheStatus: null,
  error: null,
  ...changes,
});

describe('the calls of the demo', () => {
  it('are as many, and as many different ones, as promised', () => {
    const calls = demoCalls('run');
    expect(calls).toHaveLength(DEMO.calls);
    expect(new Set(calls.map((call) => JSON.stringify(call))).size).toBe(DEMO.distinct);
  });

  it('are new in every run', () => {
    expect(demoCalls('one')[0]).not.toEqual(demoCalls('two')[0]);
  });
});

describe('the summary of the demo', () => {
  const provider = { created: 2, lines_run: 3, input_tokens: 20, output_tokens: 10 };

  it('counts sharing by lines and saving by tokens, at half the price', () => {
    const answers = Array.from({ length: 10 }, () => answer());
    const rows = new Map(summarize({ distinct: 3, answers, provider, seconds: 4.21 }));
    expect(rows.get('batched')).toBe('3 lines in 2 batches at the provider');
    expect(rows.get('shared')).toContain('7 calls (70 %)');
    // 100 tokens answered, 30 paid at half price: 15 % of the price.
    expect(rows.get('saved')).toContain('85 % of the price');
  });

  it('shows what failed', () => {
    const answers = [answer(), answer({ ok: false, tokens: 0, error: 'no' })];
    const rows = new Map(summarize({ distinct: 1, answers, provider, seconds: 1 }));
    expect(rows.get('answered')).toBe('1 in 1.0 s, 1 failed');
  });

  it('claims no saving that it cannot know', () => {
    const rows = new Map(summarize({ distinct: 1, answers: [answer()], provider: null, seconds: 1 }));
    expect(rows.get('saved')).toBe('not known without a simulator');
    expect(rows.get('batched')).toBe('1 lines in 1 batch at the provider');
  });
});

import { describe, expect, it } from '@jest/globals';
import { batchId, formatGroup, tenantId, accountId } from '@batch-gpt/contracts';
import { applyMove } from './apply-move.ts';
import { historyLimit } from './batch.ts';
import { newBatch } from './new-batch.ts';

const group = formatGroup({
  tenant: tenantId.parse('acme'),
  account: accountId.parse('main'),
  endpoint: '/v1/embeddings',
  model: 'm',
  split: '',
});
const batch = newBatch(batchId.parse(`batch_${'0'.repeat(32)}`), group, 'owner', 1000);

describe('applyMove', () => {
  it('changes the state, the fields and the time, and notes it', () => {
    const moved = applyMove(batch, { to: 'claimed', change: { digest: 'd' }, note: 'n', at: 2000 });
    const history = [...batch.history, { state: 'claimed', at: 2000, note: 'n' }];
    expect(moved).toEqual({ ...batch, state: 'claimed', digest: 'd', updatedAt: 2000, history });
  });

  it('notes nothing within a state without a note', () => {
    expect(applyMove(batch, { to: 'forming', at: 2000 })).toEqual({ ...batch, updatedAt: 2000 });
  });

  it('bounds the history and its notes', () => {
    let record = batch;
    for (let at = 0; at < historyLimit * 2; at++)
      record = applyMove(record, { to: 'forming', note: 'x'.repeat(999), at });
    expect(record.history).toHaveLength(historyLimit);
    expect(record.history.at(-1)).toEqual({ state: 'forming', at: historyLimit * 2 - 1, note: 'x'.repeat(500) });
  });

  it('throws on an illegal move', () => {
    expect(() => applyMove(batch, { to: 'submitted', at: 2000 })).toThrow('illegal move');
  });
});

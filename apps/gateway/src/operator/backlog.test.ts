import { expect, test } from '@jest/globals';
import { noSizes, type BatchRecord, type PendingGroup } from '@batch-gpt/domain';
import { sampleBatch, sampleGroup } from '@batch-gpt/testing';
import { backlogOf } from './backlog.ts';

const group = (pending: number, oldestAcceptedAt: number): PendingGroup => ({
  ...{ group: sampleGroup(), pending, isMore: false, oldestAcceptedAt },
});
const batch = (state: BatchRecord['state'], lines: number) => sampleBatch(1, { state, sizes: { ...noSizes, lines } });
const at = { window: 5000, now: 100_000 };

test.each<[string, readonly PendingGroup[], readonly BatchRecord[], number]>([
  ['nothing', [], [], 0],
  ['a window that collects is none', [group(70, 95_001)], [], 0],
  ['a window that is over is', [group(70, 95_000), group(5, 1)], [], 75],
  ['batches that are formed and not submitted are', [], [batch('forming', 1), batch('claimed', 10)], 11],
  ['until the provider has them', [], [batch('uploaded', 1), batch('submitting', 10), batch('submitted', 100)], 11],
  ['what has ended is none', [], [batch('ended', 1), batch('settled', 1), batch('abandoned', 1), batch('void', 1)], 0],
])('%s', (_what, groups, open, backlog) => {
  expect(backlogOf(groups, open, at)).toBe(backlog);
});

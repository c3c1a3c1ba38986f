import type { BatchRecord } from '@batch-gpt/domain';
import { sampleBatch, sampleTime } from '../../fakes/samples.ts';

/** A record in which every field holds something. */
export function fullBatch(n: number): BatchRecord {
  const seconds = Math.floor(sampleTime / 1000);
  const cause = {
    status: 400,
    code: 'invalid_request',
    message: 'line 3: "__proto__" \u2028 👩‍👧 is not {} nor 12345678901234567890',
    param: 'messages.[0]',
    type: 'invalid_request_error',
  };
  return sampleBatch(n, {
    state: 'submitted',
    epoch: 3,
    beat: 17,
    sizes: { lines: 50_000, bytes: 190_000_000, tokens: 5_000_000_000, inputs: 12 },
    digest: 'ab'.repeat(32),
    inputFileId: 'file-input',
    inputFileCreatedAt: seconds,
    attempt: 2,
    intentAt: sampleTime + 5,
    fencedAt: sampleTime + 6,
    providerBatchId: `batch_provider_${n}`,
    formerProviderBatchIds: ['batch_former_1', 'batch_former_2'],
    provider: {
      status: 'in_progress',
      outputFileId: 'file-output',
      errorFileId: null,
      createdAt: seconds,
      inProgressAt: seconds + 1,
      finalizingAt: null,
      completedAt: null,
      failedAt: null,
      expiredAt: null,
      cancellingAt: seconds + 4,
      cancelledAt: null,
      expiresAt: seconds + 86_400,
      counts: { total: 50_000, completed: 3, failed: 1 },
      errors: [{ code: 'invalid_json_line', message: 'bad', param: null, line: 7 }],
    },
    cancelRequestedAt: sampleTime + 7,
    cause,
    namedLines: [{ key: 'f'.repeat(64), cause }],
    trouble: cause,
    depth: 4,
    billed: { succeeded: 1, failed: 2, sentAgain: 3, inputTokens: 4, outputTokens: 5, cachedTokens: 6 },
    history: [
      { state: 'forming', at: sampleTime, note: null },
      { state: 'claimed', at: sampleTime + 1, note: 'closed by time' },
    ],
  });
}

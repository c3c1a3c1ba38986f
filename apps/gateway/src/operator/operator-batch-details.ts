import { type OperatorBatchDetails } from '@batch-gpt/contracts';
import { type BatchRecord } from '@batch-gpt/domain';
import { batchSteps } from '../objects/request-timeline.ts';
import { toOperatorBatch, type BatchView } from './operator-batch.ts';
import { seconds } from './seconds.ts';

const mostErrors = 100;

/** A batch with everything that is known of it but its texts. */
export function toOperatorBatchDetails(batch: BatchRecord, view: BatchView): OperatorBatchDetails {
  const { provider, billed, namedLines } = batch;
  return {
    ...toOperatorBatch(batch, view),
    timeline: batchSteps(batch)
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, event, note }) => ({ at: seconds(at), event, note })),
    errors: (provider?.errors ?? []).slice(0, mostErrors).map((error) => ({ ...error, type: null })),
    named_lines: namedLines
      .slice(0, mostErrors)
      .map(({ key, cause: { code, message } }) => ({ request_id: key, code, message })),
    named_line_count: namedLines.length,
    former_provider_batch_ids: [...batch.formerProviderBatchIds],
    input_file_id: batch.inputFileId,
    output_file_id: provider?.outputFileId ?? null,
    error_file_id: provider?.errorFileId ?? null,
    intent_at: batch.intentAt === null ? null : seconds(batch.intentAt),
    tokens: batch.sizes.tokens,
    usage: billed && {
      input_tokens: billed.inputTokens,
      cached_tokens: billed.cachedTokens,
      output_tokens: billed.outputTokens,
      sent_again: billed.sentAgain,
    },
    took_seconds: batch.state === 'settled' ? seconds(batch.updatedAt - batch.createdAt) : null,
  };
}

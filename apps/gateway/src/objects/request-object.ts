import { type RequestObject } from '@batch-gpt/contracts';
import { type BatchRecord, type RequestRecord } from '@batch-gpt/domain';

/** The text of a request's object; the outcome's body is pasted in as it is, so that no number changes. */
export function requestObjectText(record: RequestRecord, batch: BatchRecord | null): string {
  const { response: _, ...facts } = requestFacts(record, batch);
  const text = JSON.stringify(facts);
  const response =
    record.state === 'done' ? `{"status_code":${record.outcome.status},"body":${record.outcome.body}}` : 'null';
  return `${text.slice(0, -1)},"response":${response}}`;
}

function requestFacts(record: RequestRecord, batch: BatchRecord | null): RequestObject {
  return {
    id: record.key,
    object: 'batch_gpt.request',
    endpoint: record.endpoint,
    model: record.model,
    state: record.state,
    created_at: seconds(record.acceptedAt),
    collected_at: record.state === 'accepted' || record.collectedAt === null ? null : seconds(record.collectedAt),
    completed_at: record.state === 'done' ? seconds(record.doneAt) : null,
    batch_id: record.batchId,
    provider_batch_id: batch?.providerBatchId ?? null,
    provider_status: batch?.provider?.status ?? null,
    attempt: record.attempt,
    rounds: record.rounds,
    ...troubleOf(record, batch),
    response: null,
  };
}

function troubleOf(record: RequestRecord, batch: BatchRecord | null): Pick<RequestObject, 'error'> {
  const trouble = batch?.trouble ?? null;
  if (record.state !== 'collected' || trouble === null) return {};
  const { message, type, param, code } = trouble;
  return { error: { message, type, param, code } };
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

import { type Outcome, type RequestRecord } from '@batch-gpt/domain';
import { type Acceptance } from '../accept/accept-request.ts';

/** Headers by lower-case name. */
export type Headers = Readonly<Record<string, string>>;

/** Which request and batch an answer belongs to. */
export function requestHeaders(record: RequestRecord, batchId: string | null = record.batchId): Headers {
  return { 'batch-request-id': record.key, ...(batchId === null ? {} : { 'batch-id': batchId }) };
}

/** What became of a call (RFC 9211), and how old a stored outcome is. */
export function cacheHeaders(acceptance: Acceptance, isPrivate: boolean, now: number): Headers {
  switch (acceptance.kind) {
    case 'hit':
      return { 'cache-status': 'batch-gpt; hit', age: String(ageInSeconds(acceptance.outcome, now)) };
    case 'absent':
      return { 'cache-status': 'batch-gpt; fwd=uri-miss; detail=not-forwarded' };
    case 'pending': {
      const forward = isPrivate ? 'bypass' : acceptance.forward;
      const detail = acceptance.collapsed ? 'collapsed' : 'stored';
      return { 'cache-status': `batch-gpt; fwd=${forward}${isPrivate && !acceptance.collapsed ? '' : `; ${detail}`}` };
    }
  }
}

const ageInSeconds = (outcome: Outcome, now: number): number => Math.max(0, Math.floor((now - outcome.at) / 1000));

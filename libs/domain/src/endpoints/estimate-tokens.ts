import type { BatchEndpoint } from '@batch-gpt/contracts';
import { endpointTable } from './endpoint-table.ts';

/** Prompt tokens of a body, estimated from its size: how the provider counts them is not published. */
export function estimateTokens(bodyBytes: number, endpoint: BatchEndpoint): number {
  return Math.ceil(bodyBytes / endpointTable[endpoint].bytesPerToken);
}

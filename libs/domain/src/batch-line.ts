import type { BatchEndpoint, RequestKey } from '@batch-gpt/contracts';

/** One line of an input file, its newline included; the body's text is pasted in as it is. Source: OpenAI batch guide. */
export function batchLine(key: RequestKey, endpoint: BatchEndpoint, body: string): string {
  return `{"custom_id":"${key}","method":"POST","url":"${endpoint}","body":${body}}\n`;
}

/** Size in bytes of {@link batchLine} for a body of `bodyBytes` bytes. */
export function batchLineBytes(endpoint: BatchEndpoint, bodyBytes: number): number {
  return frameBytes + endpoint.length + bodyBytes;
}

const keyLength = 64;
const frameBytes = '{"custom_id":"","method":"POST","url":"","body":}\n'.length + keyLength;

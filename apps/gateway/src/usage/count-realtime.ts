import { modelName, type TenantId } from '@batch-gpt/contracts';
import { type Endpoint } from '@batch-gpt/domain';
import { z } from 'zod';
import { type CallCounts } from './count-calls.ts';
import { createUsageScanner } from './scan-usage.ts';

/** A call that goes past the batches, and the status of the provider's answer. */
export interface RealtimeAnswer {
  readonly tenant: TenantId;
  readonly endpoint: Endpoint;
  readonly body: unknown;
  readonly status: number | undefined;
}

const namesModel = z.looseObject({ model: modelName });

/**
 * Counts a call that was answered, when it is disposed of: what the provider took up is paid, whether or not its caller
 * stayed to the end. `watch` sees the answer, which says at its end what it used.
 */
export function countRealtime(
  counts: Pick<CallCounts, 'call'>,
  { tenant, endpoint, body, status = 0 }: RealtimeAnswer,
): Disposable & { readonly watch: (chunk: Uint8Array) => void } {
  const scanner = createUsageScanner((found) => endpoint.readUsage(found));
  const named = namesModel.safeParse(body);
  const model = named.success ? named.data.model : (endpoint.defaultModel ?? 'unknown');
  return {
    watch: (chunk) => scanner.push(chunk),
    [Symbol.dispose]: () => {
      if (status >= 200 && status < 300) counts.call('realtime', { tenant, model }, scanner.usage());
    },
  };
}

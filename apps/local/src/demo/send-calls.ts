import OpenAI from 'openai';
import type { DemoCall } from './demo-calls.ts';

/** What became of one call. */
export interface Answer {
  readonly ok: boolean;
  /** Tokens of the answer, in and out. */
  readonly tokens: number;
  /** The batch it came in, as the gateway names it, or null. */
  readonly batchId: string | null;
  /** How the gateway came by it (RFC 9211), or null. */
  readonly cacheStatus: string | null;
  /** Why it failed. */
  readonly error: string | null;
}

/** Where to send the calls, and whom to tell of each answer. */
export interface SendOptions {
  readonly gatewayUrl: string;
  readonly apiKey: string;
  readonly onAnswer: () => void;
  readonly signal: AbortSignal;
}

/** Sends all calls at once through the official SDK, as any program would, and waits for every answer. */
export function sendCalls(calls: readonly DemoCall[], options: SendOptions): Promise<Answer[]> {
  const client = new OpenAI({ baseURL: `${options.gatewayUrl}/v1`, apiKey: options.apiKey });
  return Promise.all(calls.map((call) => send(client, call, options)));
}

async function send(client: OpenAI, { model, prompt }: DemoCall, { onAnswer, signal }: SendOptions): Promise<Answer> {
  try {
    const call = client.chat.completions.create({ model, messages: [{ role: 'user', content: prompt }] }, { signal });
    const { data, response } = await call.withResponse();
    return {
      ok: true,
      tokens: data.usage?.total_tokens ?? 0,
      batchId: response.headers.get('batch-id'),
      cacheStatus: response.headers.get('cache-status'),
      error: null,
    };
  } catch (error) {
    return { ok: false, tokens: 0, batchId: null, cacheStatus: null, error: String(error) };
  } finally {
    onAnswer();
  }
}

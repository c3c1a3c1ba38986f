import { createHmac, randomUUID } from 'node:crypto';
import { Secret } from '@batch-gpt/config';
import { accountId } from '@batch-gpt/contracts';
import { type WebhookSigner } from '../webhooks/verify-webhook.ts';

/** The secret of a webhook endpoint, as OpenAI shows it. */
export const sampleWebhookSecret = `whsec_${Buffer.from('the key of the endpoint').toString('base64')}`;

/** An account that signs with this secret. */
export const sampleSigner = (secret = sampleWebhookSecret, name = 'default'): WebhookSigner => ({
  name: accountId.parse(name),
  webhookSecret: new Secret(secret),
});

/** How a delivery differs from a proper one. */
export interface SignOptions {
  readonly secret?: string;
  /** Seconds that it is old. */
  readonly age?: number;
  /** The text that is signed instead. */
  readonly signed?: string;
}

/** The headers of a delivery, signed by the standard-webhooks scheme: HMAC-SHA256 over id, time and raw body. */
export function signWebhook(payload: string, options: SignOptions = {}): Record<string, string> {
  const { secret = sampleWebhookSecret, age = 0, signed = payload } = options;
  const id = `wh_${randomUUID()}`;
  const timestamp = String(Math.floor(Date.now() / 1000) - age);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${signed}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** The body that OpenAI sends for an event. */
export const webhookBody = (type: string, data: unknown = { id: 'batch_provider7' }): string =>
  JSON.stringify({ object: 'event', id: 'evt_1', type, created_at: 1_700_000_000, data });

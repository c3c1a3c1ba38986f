import { createHmac } from 'node:crypto';

/** What is posted: the message's own id, which stays the same when it is sent again, and the exact text. */
export interface WebhookMessage {
  readonly id: string;
  readonly body: string;
}

const prefix = 'whsec_';

/** The key behind a secret: `whsec_` and base64, or any text as its own bytes. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret, 'utf8');

/** The headers of one attempt, signed as standard-webhooks lays down (reference 10); `atMs` is the moment of sending. */
export function webhookHeaders({ id, body }: WebhookMessage, secret: string, atMs: number): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'user-agent': 'OpenAI/1.0',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

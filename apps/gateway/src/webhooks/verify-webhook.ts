import { type IncomingHttpHeaders } from 'node:http';
import { AppError } from '@batch-gpt/errors';

/**
 * The event in a webhook's body, once its signature is checked; throws AppError `invalid_webhook_signature`, or
 * `invalid_json` for a signed text that is no JSON.
 */
export type VerifyWebhook = (payload: string, headers: IncomingHttpHeaders) => Promise<unknown>;

const signedHeaders = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/**
 * Checks signatures as OpenAI's SDK does: fresh within five minutes, either way of this machine's clock. The SDK weighs
 * tens of megabytes, so only a gateway that needs it loads it.
 */
export async function createWebhookVerifier(secret: { readonly reveal: () => string }): Promise<VerifyWebhook> {
  const { OpenAI, InvalidWebhookSignatureError } = await import('openai');
  // The client insists on a key, though it never calls anybody; what is null is not looked for in the environment.
  const { webhooks } = new OpenAI({
    apiKey: 'unused',
    adminAPIKey: null,
    organization: null,
    project: null,
    baseURL: 'http://127.0.0.1',
    webhookSecret: secret.reveal(),
  });
  return async (payload, headers) => {
    const given = signedHeaders.map((name) => [name, oneValue(headers[name])] as const);
    const missing = given.find(([, value]) => value === '');
    if (missing !== undefined) throw refused(`The header '${missing[0]}' is missing.`);
    try {
      return await webhooks.unwrap(payload, Object.fromEntries(given));
    } catch (error) {
      if (error instanceof InvalidWebhookSignatureError) throw refused('The signature does not fit.', error);
      if (error instanceof SyntaxError) throw new AppError('invalid_json', 'The signed body is no JSON.');
      throw error;
    }
  };
}

const oneValue = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '');

const refused = (message: string, cause?: Error) => new AppError('invalid_webhook_signature', message, { cause });

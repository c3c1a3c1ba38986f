import { type IncomingHttpHeaders } from 'node:http';
import { type Account } from '@batch-gpt/accounts';
import { type AccountId } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';

/** An event whose signature fits. */
export interface SignedEvent {
  readonly event: unknown;
  /** Whose secret signed it. */
  readonly account: AccountId;
}

/**
 * The event in a webhook's body, once its signature is checked; throws AppError `invalid_webhook_signature`,
 * `invalid_json` for a signed text that is no JSON, or `unknown_route` where no account has a secret.
 */
export type VerifyWebhook = (payload: string, headers: IncomingHttpHeaders) => Promise<SignedEvent>;

/** An account that may sign. */
export type WebhookSigner = Pick<Account, 'name' | 'webhookSecret'>;

const signedHeaders = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/**
 * Checks signatures as OpenAI's SDK does: fresh within five minutes, either way of this machine's clock. Whichever
 * account's secret fits is the one that speaks. Signers are asked for at each event: accounts come and go.
 */
export function createWebhookVerifier(signers: () => Iterable<WebhookSigner>): VerifyWebhook {
  let checking: ReturnType<typeof loadCheck> | null = null;
  return async (payload, headers) => {
    const accounts = bySecret(signers());
    if (accounts.size === 0) throw notConfigured();
    const given = signedHeaders.map((name) => [name, oneValue(headers[name])] as const);
    const missing = given.find(([, value]) => value === '');
    if (missing !== undefined) throw refused(`The header '${missing[0]}' is missing.`);
    const check = await (checking ??= loadCheck());
    let cause: Error | undefined;
    for (const [secret, account] of accounts) {
      const { fits, problem } = await check(payload, Object.fromEntries(given), secret);
      if (fits) return { event: eventIn(payload), account };
      cause = problem;
    }
    throw refused('The signature does not fit.', cause);
  };
}

/** Accounts of one project share its secret: the first one speaks for all of them. */
function bySecret(signers: Iterable<WebhookSigner>): ReadonlyMap<string, AccountId> {
  const accounts = new Map<string, AccountId>();
  for (const { name, webhookSecret } of signers) {
    const secret = webhookSecret?.reveal();
    if (secret !== undefined && !accounts.has(secret)) accounts.set(secret, name);
  }
  return accounts;
}

/** The SDK weighs tens of megabytes, so only a gateway that needs it loads it. */
async function loadCheck() {
  const { OpenAI, InvalidWebhookSignatureError } = await import('openai');
  // The client insists on a key, though it never calls anybody; what is null is not looked for in the environment.
  const { webhooks } = new OpenAI({
    apiKey: 'unused',
    adminAPIKey: null,
    organization: null,
    project: null,
    baseURL: 'http://127.0.0.1',
    webhookSecret: null,
  });
  return async (payload: string, headers: Record<string, string>, secret: string) => {
    try {
      await webhooks.verifySignature(payload, headers, secret);
      return { fits: true } as const;
    } catch (problem) {
      if (problem instanceof InvalidWebhookSignatureError) return { fits: false, problem } as const;
      throw problem;
    }
  };
}

function eventIn(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch (cause) {
    throw new AppError('invalid_json', 'The signed body is no JSON.', { cause });
  }
}

const oneValue = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '');

const refused = (message: string, cause?: Error) => new AppError('invalid_webhook_signature', message, { cause });

const notConfigured = () =>
  new AppError(
    'unknown_route',
    'Webhooks are not received here: set OPENAI_WEBHOOK_SECRET, or webhookSecret of an account, to the secret of the ' +
      'webhook endpoint at OpenAI.',
  );

import { sleep } from '@batch-gpt/lifecycle';
import { type Clock } from '../clock.ts';
import { type Settings } from '../settings.ts';
import { webhookHeaders, type WebhookMessage } from './sign-webhook.ts';

/** What posting needs; settings are read anew for each attempt. */
interface PostDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly settings: () => Settings;
  readonly signal: AbortSignal;
}

/** Attempts at one webhook, the longest wait between two, and how long a receiver may take to answer. */
const maxAttempts = 8;
const maxWaitMs = 60_000;
const answerMs = 5000;

/** Posts until a 2xx comes, waiting twice as long each time; false when given up, stopped, or nowhere to post to. */
export async function postWebhook(message: WebhookMessage, deps: PostDeps): Promise<boolean> {
  for (let attempt = 0; attempt < maxAttempts && !deps.signal.aborted; attempt += 1) {
    if (attempt > 0) await sleep(Math.min(maxWaitMs, deps.settings().webhookRetryMs * 2 ** (attempt - 1)), deps.signal);
    const { webhookUrl, webhookSecret } = deps.settings();
    if (webhookUrl === null || webhookSecret === null) return false;
    const headers = webhookHeaders(message, webhookSecret, deps.clock.now());
    if (await post(webhookUrl, { headers, body: message.body }, deps.signal)) return true;
  }
  return false;
}

/** A redirect counts as a failure, and so does everything that is not an answer. */
async function post(url: string, init: RequestInit, stop: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(answerMs)]);
  try {
    const response = await fetch(url, { ...init, method: 'POST', redirect: 'manual', signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Whatever went wrong on the way: the receiver did not answer, which is what a sender of webhooks is made for.
    return false;
  }
}

import { type Secret } from './secret.ts';

/** What is wrong with the secret of a webhook endpoint; null: nothing. */
export const webhookSecretProblem = (secret: Secret): string | null =>
  isWhole(secret.reveal()) ? null : 'must be the whole secret of the webhook endpoint: whsec_ and a key in base64';

/** With its prefix the rest is the key in base64, without it the text itself is. */
function isWhole(text: string): boolean {
  return text.startsWith('whsec_') ? /^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(text) : text.length >= 16;
}

import { type Secret } from '@batch-gpt/config';

const anyKey = /\bsk-[A-Za-z0-9_*-]{4,}/g;

/** Takes the account's key, and whatever looks like one, out of a text of the provider. */
export const maskKeys = (text: string, apiKey: Secret): string =>
  text.replaceAll(apiKey.reveal(), '[redacted]').replace(anyKey, '[redacted]');

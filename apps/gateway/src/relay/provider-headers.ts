import { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { type Credentials } from '@batch-gpt/accounts';

/**
 * What of a call means something to the provider. Nothing else goes on: what proxies in front of us add, cookies and
 * tokens of the caller's own house are none of its business.
 */
const passedOn = new Set([
  'accept',
  'accept-language',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
  'user-agent',
  'x-client-request-id',
]);
const passedOnPrefixes = ['openai-', 'x-openai-', 'x-stainless-'];
/** Whose account is used is not for the caller to say. */
const neverPassedOn = new Set(['openai-organization', 'openai-project']);

/** The headers of a call for the provider, with the account's authorization in place of the caller's. */
export function providerHeaders(headers: IncomingHttpHeaders, credentials: Credentials): OutgoingHttpHeaders {
  const named = Object.entries(headers).filter(([name]) => isPassedOn(name));
  return { ...Object.fromEntries(named), ...accountHeaders(credentials) };
}

/** The headers that open an account. Answers have to be readable here, so none is to be compressed. */
export function accountHeaders({ apiKey, organization, project }: Credentials): OutgoingHttpHeaders {
  return {
    'accept-encoding': 'identity',
    authorization: `Bearer ${apiKey.reveal()}`,
    ...(organization !== null && { 'openai-organization': organization }),
    ...(project !== null && { 'openai-project': project }),
  };
}

function isPassedOn(name: string): boolean {
  return passedOn.has(name) || (passedOnPrefixes.some((prefix) => name.startsWith(prefix)) && !neverPassedOn.has(name));
}

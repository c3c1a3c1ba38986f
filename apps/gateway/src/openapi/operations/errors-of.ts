import { type ErrorCode } from '@batch-gpt/errors';

/** Of every route that asks who its tenant is, and looks something up. */
export const tenantErrors: readonly ErrorCode[] = ['invalid_api_key', 'account_missing', 'store_unavailable'];

/** Of every route that reads a body. */
export const bodyErrors: readonly ErrorCode[] = [
  'invalid_json',
  'body_too_large',
  'unsupported_media_type',
  'too_many_waiters',
];

/** Of every route that goes on at the provider, where `RELAY=on`, for an id that is none of ours. */
export const relayErrors: readonly ErrorCode[] = [
  'object_not_found',
  'too_many_waiters',
  'provider_unavailable',
  'provider_refused',
  'account_parked',
  'account_not_configured',
  'shutting_down',
];

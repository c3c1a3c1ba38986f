import { type IncomingHttpHeaders } from 'node:http';
import { type Secret } from '@batch-gpt/config';

/** RFC 9110, section 7.6.1, and what an answer says of the provider's host and connection that is not true of ours. */
const notPassedOn = new Set([
  'alt-svc',
  'clear-site-data',
  'connection',
  'keep-alive',
  'nel',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'report-to',
  'reporting-endpoints',
  'set-cookie',
  'set-cookie2',
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-request-id',
]);

/** A provider's header under which its own id of the call is passed on; `X-Request-Id` is ours. */
const providerRequestId = 'x-provider-request-id';

/** The headers of the provider's answer that its caller gets. Pages are let in by our own rule, and no header shows the key. */
export function callerHeaders(headers: IncomingHttpHeaders, apiKey: Secret): Record<string, string | string[]> {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/[\s,]+/));
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    const isOurs = notPassedOn.has(name) || named.has(name) || name.startsWith('access-control-');
    if (value !== undefined && !isOurs && !String(value).includes(apiKey.reveal())) passed[name] = value;
  }
  const id = headers['x-request-id'];
  return typeof id === 'string' ? { ...passed, [providerRequestId]: id } : passed;
}

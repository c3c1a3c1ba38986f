import { APIError } from 'openai';

/** The JSON of a 2xx answer; throws the SDK's own error for any other status, so that all calls fail alike. */
export function parseReply(status: number, headers: Headers, text: string): unknown {
  if (status >= 200 && status < 300) return JSON.parse(text);
  throw APIError.generate(status, jsonObject(text), undefined, headers);
}

function jsonObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // HTML of a proxy, or half a body: no envelope, which the error mapping knows what to make of.
    return undefined;
  }
}

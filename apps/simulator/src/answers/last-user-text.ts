import { type BatchEndpoint } from '../endpoints.ts';
import { isObject, type JsonObject } from '../json.ts';

function partText(part: unknown): string {
  if (typeof part === 'string') return part;
  return isObject(part) && typeof part['text'] === 'string' ? part['text'] : '';
}

function contentText(content: unknown): string {
  return Array.isArray(content) ? content.map(partText).join('') : partText(content);
}

function lastOfRole(messages: unknown): string {
  if (!Array.isArray(messages)) return contentText(messages);
  const last = messages.findLast((item) => isObject(item) && item['role'] === 'user') as JsonObject | undefined;
  return contentText(last?.['content']);
}

function lastOf(input: unknown): string {
  return Array.isArray(input) ? partText(input.at(-1)) : partText(input);
}

/** The text a person wrote last in a request: what an answer echoes and where markers are looked for. */
export function lastUserText(endpoint: BatchEndpoint, body: JsonObject): string {
  switch (endpoint) {
    case '/v1/chat/completions':
      return lastOfRole(body['messages']);
    case '/v1/responses':
      return lastOfRole(body['input']);
    case '/v1/embeddings':
      return lastOf(body['input']);
    case '/v1/moderations':
      return contentText(body['input']);
    case '/v1/completions':
    case '/v1/images/generations':
    case '/v1/images/edits':
    case '/v1/videos':
      return lastOf(body['prompt']);
  }
}

import { invalidRequest, type ApiError } from '../api-error.ts';
import { type BatchEndpoint } from '../endpoints.ts';
import { isObject, type JsonObject } from '../json.ts';
import { snapshotOf } from '../models.ts';
import { fingerprint } from './canonical-body.ts';
import { chatAnswer } from './chat-answer.ts';
import { checkBody } from './check-body.ts';
import { embeddingAnswer } from './embedding-answer.ts';
import { extendText } from './extend-text.ts';
import { lastUserText } from './last-user-text.ts';
import { type Marker, markerFor } from './marker.ts';
import { completionAnswer, imageAnswer, moderationAnswer } from './other-answers.ts';
import { refusalFor } from './refuse-by-marker.ts';
import { type RequestFacts } from './request-facts.ts';
import { responseAnswer } from './response-answer.ts';
import { tokensIn, type Usage } from './usage.ts';

/** How one call ends: the HTTP status, the body as on the wire, the tokens spent. */
export interface Answer {
  readonly status: number;
  readonly body: JsonObject;
  readonly usage: Usage;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the caller of `answerFor` may set: Unix seconds for `created`, and another marker than the body's, or null for none. */
export interface AnswerOptions {
  readonly createdAt?: number;
  readonly marker?: Marker | null;
}

/** `created` of an answer unless told otherwise, so that the function stays pure: 2026-01-01. */
const fixedTime = 1_767_225_600;

/**
 * The answer to one call: a pure function of endpoint and body (and of `createdAt`), refusals included.
 * Its text is `echo <first 16 hex of the body's fingerprint> : <last user text>`.
 */
export function answerFor(endpoint: BatchEndpoint, body: JsonObject, options: AnswerOptions = {}): Answer {
  const marker = options.marker === undefined ? markerFor(endpoint, body) : options.marker;
  const refusal = (marker === null ? null : refusalFor(marker.name, modelName(body))) ?? checkBody(endpoint, body);
  if (refusal !== null) return refused(refusal);
  const facts = factsOf(endpoint, body, { createdAt: options.createdAt ?? fixedTime, marker });
  const answer = answerOf(endpoint, facts);
  return answer === null ? refused(notServed(endpoint)) : { status: 200, headers: {}, ...answer };
}

/** The text an answer to this body carries, whatever the shape around it; JSON if the request asks for JSON. */
export function answerTextFor(
  endpoint: BatchEndpoint,
  body: JsonObject,
  marker: Marker | null = markerFor(endpoint, body),
): string {
  const mark = fingerprint(endpoint, body).slice(0, 16);
  const text = extendText(lastUserText(endpoint, body), marker);
  return wantsJson(body) ? JSON.stringify({ echo: mark, text }) : `echo ${mark} : ${text}`;
}

function wantsJson(body: JsonObject): boolean {
  const text = body['text'];
  const format = body['response_format'] ?? (isObject(text) ? text['format'] : undefined);
  return isObject(format) && (format['type'] === 'json_object' || format['type'] === 'json_schema');
}

function factsOf(
  endpoint: BatchEndpoint,
  body: JsonObject,
  { createdAt, marker }: { createdAt: number; marker: Marker | null },
): RequestFacts {
  return {
    body,
    createdAt,
    marker: marker?.name ?? null,
    hash: fingerprint(endpoint, body),
    text: answerTextFor(endpoint, body, marker),
    model: snapshotOf(modelName(body)),
    inputTokens: tokensIn(JSON.stringify(body['messages'] ?? body['input'] ?? body['prompt'] ?? '')),
  };
}

function answerOf(endpoint: BatchEndpoint, facts: RequestFacts): { body: JsonObject; usage: Usage } | null {
  switch (endpoint) {
    case '/v1/chat/completions':
      return chatAnswer(facts);
    case '/v1/responses':
      return responseAnswer(facts);
    case '/v1/embeddings':
      return embeddingAnswer(facts);
    case '/v1/completions':
      return completionAnswer(facts);
    case '/v1/moderations':
      return moderationAnswer(facts);
    case '/v1/images/generations':
      return imageAnswer(facts);
    case '/v1/images/edits':
    case '/v1/videos':
      return null;
  }
}

function refused(refusal: ApiError): Answer {
  const usage = { input: 0, cached: 0, output: 0, reasoning: 0 };
  return { status: refusal.status, body: { error: refusal.body }, usage, headers: refusal.headers };
}

const notServed = (endpoint: string): ApiError => invalidRequest(`Invalid URL (POST ${endpoint})`, { status: 404 });
const modelName = (body: JsonObject): string => (typeof body['model'] === 'string' ? body['model'] : '');

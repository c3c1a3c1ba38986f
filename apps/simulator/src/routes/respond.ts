import { setImmediate } from 'node:timers/promises';
import { type Response } from 'express';
import { type ApiError } from '../api-error.ts';
import { newRequestId } from '../ids.ts';
import { type JsonObject } from '../json.ts';

const started = Symbol('started');

/** Gives a call its id and notes when it began. */
export function open(response: Response): void {
  response.setHeader('x-request-id', newRequestId());
  response.setHeader('openai-version', '2020-10-01');
  response.setHeader('openai-organization', 'org-simulator');
  response.locals[started as unknown as string] = performance.now();
}

/** Sets `openai-processing-ms`; called just before the first byte goes out. */
export function stamp(response: Response): void {
  const since = response.locals[started as unknown as string] as number | undefined;
  response.setHeader('openai-processing-ms', String(Math.round(performance.now() - (since ?? performance.now()))));
}

/** Answers with JSON. */
export function sendJson(response: Response, body: JsonObject, status = 200): void {
  stamp(response);
  response.status(status).json(body);
}

/** Answers with a stream of events, one write for each. */
export async function sendEvents(response: Response, events: readonly string[]): Promise<void> {
  stamp(response);
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  for (const event of events) {
    if (response.destroyed) return;
    response.write(event);
    await setImmediate();
  }
  response.end();
}

/** Answers with the error envelope, or with a proxy's HTML page for the fault that asks for one. */
export function sendError(response: Response, { status, body, headers }: ApiError): void {
  stamp(response);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body.type === 'html')
    response.status(status).type('html').send(`<html><body><h1>${body.message}</h1></body></html>`);
  else response.status(status).json({ error: body });
}

/** Ends the connection without an answer, as a network that lost it. */
export const loseAnswer = (response: Response): void => {
  response.destroy();
};

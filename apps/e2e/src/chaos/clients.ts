import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { requestObject } from '@batch-gpt/contracts';
import { APIError } from 'openai';
import { z } from 'zod';
import { ask } from '../calls.ts';
import type { Stack } from '../start-stack.ts';
import type { Random } from './random.ts';
import type { Asked, Truth } from './truth.ts';

/** What a client needs to ask one call once. */
export interface ClientContext {
  readonly stack: Stack;
  readonly truth: Truth;
  readonly random: Random;
  readonly gateway: number;
}

const completion = z.object({ choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]) });
const errorBody = z.object({ error: z.object({ code: z.string().nullable() }) });

/** How patient a client is, in milliseconds. */
const patience = { official: 20_000, raw: 15_000, polling: 15_000, pollEvery: 250 } as const;

/** The official client with its own retries; whatever ends it is noted. True when it was answered. */
export async function askOfficially({ stack, truth, gateway }: ClientContext, asked: Asked): Promise<boolean> {
  const client = stack.client(gateway, { maxRetries: 1, timeout: patience.official });
  try {
    truth.answered(asked, await ask(client, asked.call), null);
    return true;
  } catch (error) {
    truth.failed(asked, reasonOf(error));
    return false;
  }
}

/** The official client's stream, put together again; one that breaks off in the middle is no answer. */
export async function askForStream({ stack, truth, gateway }: ClientContext, asked: Asked): Promise<boolean> {
  const client = stack.client(gateway, { maxRetries: 1, timeout: patience.official });
  // A stream that has begun may be held for long: its reader has to be patient by itself.
  const signal = AbortSignal.timeout(patience.official);
  try {
    const stream = client.chat.completions.stream(asked.call.body, { signal });
    truth.answered(asked, textOf(await stream.finalChatCompletion()), null);
    return true;
  } catch (error) {
    truth.failed(asked, `stream: ${reasonOf(error)}`);
    return false;
  }
}

/** Waits on the open connection, under a name that every repeat of the prompt has too. */
export async function askByName({ stack, truth, gateway }: ClientContext, asked: Asked): Promise<boolean> {
  const name = createHash('sha256').update(asked.call.expected).digest('hex');
  try {
    return await take(truth, asked, await post(stack, gateway, asked, patience.raw, { 'idempotency-key': name }));
  } catch (error) {
    truth.failed(asked, reasonOf(error));
    return false;
  }
}

/** Waits on the open connection, `patienceMs` at most. */
export async function askAndHold(
  { stack, truth, gateway }: ClientContext,
  asked: Asked,
  patienceMs: number = patience.raw,
): Promise<boolean> {
  try {
    const response = await post(stack, gateway, asked, patienceMs);
    return await take(truth, asked, response);
  } catch (error) {
    truth.failed(asked, reasonOf(error));
    return false;
  }
}

/** Asks for a handle and polls it for a while; one that is still open is left to the end of the run. */
export async function askForHandle(context: ClientContext, asked: Asked): Promise<boolean> {
  const { stack, truth, gateway } = context;
  try {
    const response = await post(stack, gateway, asked, patience.raw, { prefer: 'respond-async' });
    if (response.status !== 202) return await take(truth, asked, response);
    const { id } = requestObject.parse(await response.json());
    truth.handedOut(asked, id);
    return await pollHandle(context, asked, id);
  } catch (error) {
    truth.failed(asked, reasonOf(error));
    return false;
  }
}

async function pollHandle({ stack, truth, gateway }: ClientContext, asked: Asked, id: string): Promise<boolean> {
  const until = performance.now() + patience.polling;
  for (let turn = gateway; performance.now() < until; turn += 1) {
    await delay(patience.pollEvery);
    const found = await lookUp(stack, turn % stack.services('gateway').length, id);
    if (found === 'unknown') {
      truth.failed(asked, 'handle unknown');
      return false;
    }
    if (found === 'unreachable' || found.state !== 'done') continue;
    if (found.response?.status_code !== 200) {
      truth.failed(asked, `handle ended with ${found.response?.status_code ?? 'nothing'}`);
      return false;
    }
    truth.answered(asked, textOf(found.response.body), id);
    return true;
  }
  return false;
}

/** Where a request is, `unknown` for a 404, `unreachable` when no proper answer came. */
export async function lookUp(
  stack: Stack,
  gateway: number,
  id: string,
): Promise<z.infer<typeof requestObject> | 'unknown' | 'unreachable'> {
  try {
    const response = await stack.fetch(`/v1/requests/${id}`, { signal: AbortSignal.timeout(5000) }, gateway);
    if (response.status === 200) return requestObject.parse(await response.json());
    await response.arrayBuffer();
    return response.status === 404 ? 'unknown' : 'unreachable';
  } catch {
    // A gateway that is down or frozen; whoever asks decides how long to go on.
    return 'unreachable';
  }
}

/** The text of a stored answer's body; empty for anything that is not a chat completion. */
export function textOf(body: unknown): string {
  const parsed = completion.safeParse(body);
  return parsed.success ? parsed.data.choices[0].message.content : '';
}

const post = (
  stack: Stack,
  gateway: number,
  { call }: Asked,
  patienceMs: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  stack.fetch(
    '/v1/chat/completions',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(call.body),
      signal: AbortSignal.timeout(patienceMs),
    },
    gateway,
  );

async function take(truth: Truth, asked: Asked, response: Response): Promise<boolean> {
  const body: unknown = await response.json();
  if (response.status === 200) {
    truth.answered(asked, textOf(body), response.headers.get('batch-request-id'));
    return true;
  }
  const parsed = errorBody.safeParse(body);
  truth.failed(asked, `${response.status} ${parsed.success ? parsed.data.error.code : 'without a code'}`);
  return false;
}

/** A short constant word for what ended a call. */
function reasonOf(error: unknown): string {
  if (error instanceof APIError && error.status !== undefined) return `${String(error.status)} ${error.code ?? ''}`;
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error.name === 'Error' ? error.constructor.name : error.name;
}

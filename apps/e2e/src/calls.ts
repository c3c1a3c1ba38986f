import { answerTextFor } from '@batch-gpt/simulator';
import type OpenAI from 'openai';

/** One ordinary chat call and the text that only its own answer carries. */
export interface Call {
  readonly body: { readonly model: string; readonly messages: { readonly role: 'user'; readonly content: string }[] };
  readonly expected: string;
}

/** Part of every prompt of a call made here: a stack that ends looks for it where no prompt may be. */
export const promptCanary = 'canary-phrase-of-a-prompt';

/** A call that differs from every other one with another text or model. */
export function chatCall(content: string, model = 'gpt-6-luna'): Call {
  const prompt = `${content} ${promptCanary}`;
  const body = { model, messages: [{ role: 'user' as const, content: prompt }] };
  return { body, expected: answerTextFor('/v1/chat/completions', body) };
}

/** `count` calls of `distinct` different ones, in an order that mixes them. */
export function mixedCalls(count: number, distinct: number, models: readonly string[], topic: string): readonly Call[] {
  return Array.from({ length: count }, (_, index) => {
    const which = index % distinct;
    return chatCall(`${topic} question ${which}`, models[which % models.length]);
  });
}

/** Sends the call with the official client and returns the text of its answer. */
export async function ask(client: OpenAI, call: Call): Promise<string> {
  const completion = await client.chat.completions.create(call.body);
  return completion.choices[0]?.message.content ?? '';
}

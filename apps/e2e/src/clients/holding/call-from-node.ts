import OpenAI, { APIError } from 'openai';
import { z } from 'zod';
import { endOf, lifelineHeaders, type CallEnd, type HoldingCall } from './holding-call.ts';

const bodyOf = (text: string) => ({
  model: 'gpt-6-luna',
  messages: [{ role: 'user' as const, content: text }],
});

const completion = z.object({ choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]) });
const chunk = z.object({ choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }) })) });
const failure = z.object({ error: z.object({ code: z.string() }) });

/** The fetch that Node brings along, with nothing set. */
export function callWithFetch({ url, text, lifeline }: HoldingCall): Promise<CallEnd> {
  return endOf(text, async () => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...lifelineHeaders[lifeline] },
      body: JSON.stringify({ ...bodyOf(text), ...(lifeline === 'SSE' ? { stream: true } : {}) }),
    });
    const answer = await response.text();
    if (response.status !== 200) return { refused: `${response.status} ${codeIn(answer)}`.trim() };
    if (lifeline === 'SSE') return textOfEvents(answer);
    return completion.parse(JSON.parse(answer)).choices[0].message.content;
  });
}

/** The official client; its own timeout is out of the way, and unless told it does not try again, so that a row is one connection. */
export function callWithSdk({ url, text, lifeline }: HoldingCall, maxRetries = 0): Promise<CallEnd> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-any', maxRetries, timeout: 3_600_000 });
  return endOf(text, async () => {
    try {
      const headers = lifelineHeaders[lifeline];
      if (lifeline !== 'SSE') {
        const { choices } = await client.chat.completions.create(bodyOf(text), { headers });
        return choices[0]?.message.content ?? '';
      }
      const stream = client.chat.completions.stream({ ...bodyOf(text), stream: true });
      return (await stream.finalContent()) ?? '';
    } catch (error) {
      const { status, code } = error instanceof APIError ? (error as APIError) : {};
      if (status === undefined) throw error;
      return { refused: `${status} ${code ?? ''}`.trim() };
    }
  });
}

function codeIn(answer: string): string {
  try {
    return failure.parse(JSON.parse(answer)).error.code;
  } catch {
    // A proxy's own page.
    return '';
  }
}

function textOfEvents(events: string): string {
  const data = events.split('\n').flatMap((line) => (line.startsWith('data: {') ? [line.slice(6)] : []));
  return data
    .flatMap((json) => chunk.parse(JSON.parse(json)).choices)
    .map(({ delta }) => delta.content ?? '')
    .join('');
}

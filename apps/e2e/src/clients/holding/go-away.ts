import { eventually } from '@batch-gpt/testing';
import { z } from 'zod';

const page = z.object({ data: z.array(z.object({ status: z.string() })) });

/** Calls a gateway with this question and hangs up once the provider has a batch in progress. */
export async function goAway(url: string, text: string): Promise<void> {
  const abort = new AbortController();
  const left = fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-6-luna', messages: [{ role: 'user', content: text }] }),
    signal: abort.signal,
  }).then(
    () => 'answered',
    () => 'left',
  );
  await eventually(async () => {
    const { data } = page.parse(await (await fetch(`${url}/v1/batches`)).json());
    return data.some(({ status }) => status === 'in_progress');
  });
  abort.abort();
  if ((await left) !== 'left') throw new Error('the call was answered before its client could go away');
}

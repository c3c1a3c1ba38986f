import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand } from '@batch-gpt/local-servers';
import { answerTextFor } from '@batch-gpt/simulator';
import { z } from 'zod';
import { startClientStack, type ClientStack } from '../client-stack.ts';

const { ok: hasCurl } = await runCommand('curl', ['--version']);
if (!hasCurl && process.env['CI'] === 'true') throw new Error('no curl on the path');
const suite = hasCurl ? describe : describe.skip;

let stack: ClientStack;
const chunk = z.object({ choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }) })) });

const bodyOf = (content: string) => ({ model: 'gpt-6-luna', messages: [{ role: 'user', content }] });

async function curl(body: unknown, ...options: string[]): Promise<string> {
  const url = `${stack.address.gateways.plain}/v1/chat/completions`;
  const post = ['--header', 'content-type: application/json', '--data-binary', JSON.stringify(body)];
  const { ok, output } = await runCommand('curl', ['--silent', '--show-error', ...post, ...options, url], {
    timeoutMs: 60_000,
  });
  if (!ok) throw new Error(output);
  return output;
}

suite('curl', () => {
  beforeAll(async () => {
    stack = await startClientStack();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  test('JSON', async () => {
    const body = bodyOf('curl');
    const answer: unknown = JSON.parse(await curl(body));
    expect(answer).toMatchObject({ choices: [{ message: { content: answerTextFor('/v1/chat/completions', body) } }] });
  });

  test('JSON with interim answers, which it shows only when it shows headers', async () => {
    const body = bodyOf('curl and interim answers');
    const withInterim = await curl(body, '--header', 'batch-hold: interim', '--include');
    expect(withInterim).toMatch(/^HTTP\/1\.1 102 Processing\r\n/);
    expect(withInterim).toContain('HTTP/1.1 200 OK');
    const without = await curl(bodyOf('curl and no interim answers'), '--include');
    expect(without).not.toContain(' 102 ');
  });

  test('SSE: comments while it waits, then the answer in events', async () => {
    const body = { ...bodyOf('curl in events'), stream: true };
    const heard = await curl(body, '--no-buffer');
    expect(heard).toMatch(/^: still processing\n: /);
    const events = heard.replaceAll(/^: .*\n/gm, '').split('\n\n');
    expect(events.at(-1)?.trim()).toBe('data: [DONE]');
    const chunks = events.flatMap((event) =>
      event.startsWith('data: {') ? [chunk.parse(JSON.parse(event.slice(6)))] : [],
    );
    const text = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')).join('');
    expect(text).toBe(answerTextFor('/v1/chat/completions', bodyOf('curl in events')));
  });

  test('an error, with its status and the envelope', async () => {
    const answer = await curl({ model: 'gpt-6-luna' }, '--write-out', '\n%{http_code}');
    const [json = '', status] = answer.split('\n');
    expect(status).toBe('400');
    expect(JSON.parse(json)).toMatchObject({ error: { code: 'missing_required_parameter', param: 'messages' } });
  });
});

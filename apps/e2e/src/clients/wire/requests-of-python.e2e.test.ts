import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand } from '@batch-gpt/local-servers';
import { startClientStack, type ClientStack } from '../client-stack.ts';
import { pythonForTests } from '../python/python-for-tests.ts';

const client = await pythonForTests();
const suite = client === null ? describe.skip : describe;

const program = `
import json, os, requests
url = os.environ["URL"] + "/v1/chat/completions"
body = {"model": "gpt-6-luna", "messages": [{"role": "user", "content": os.environ["TEXT"]}]}
answer = requests.post(url, json=body, headers=json.loads(os.environ["HEADERS"]), timeout=60)
print(answer.status_code, answer.text[:60])
`;

suite('requests, the library for Python', () => {
  let stack: ClientStack;
  beforeAll(async () => {
    stack = await startClientStack();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  const run = (text: string, headers: Readonly<Record<string, string>>) =>
    runCommand(client?.python ?? '', ['-c', program], {
      timeoutMs: 60_000,
      env: { URL: stack.address.gateways.plain, TEXT: text, HEADERS: JSON.stringify(headers) },
    });

  test('gets its answer, because it gets no interim ones', async () => {
    const { output } = await run('requests of Python', {});
    expect(output).toMatch(/^200 \{"id":"chatcmpl-/);
  });

  // This is why: not a wish of ours, but what the library does. It takes the first interim answer for the final one.
  test('takes an interim answer for the final one if it asks for them', async () => {
    const { output } = await run('requests of Python that ask', { 'batch-hold': 'interim' });
    expect(output).toMatch(/^102 *$/);
  });
});

/* Clients beside the official ones for Node and Python, each in one process: LangChain, and Go with and without its client. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand } from '@batch-gpt/local-servers';
import { z } from 'zod';
import { startClientStack, type ClientStack } from '../client-stack.ts';
import { pythonForTests } from '../python/python-for-tests.ts';
import { goForTests } from './go-for-tests.ts';

const [python, go] = [await pythonForTests(), await goForTests()];
const report = z.object({ name: z.string(), text: z.string(), error: z.string().optional() });

/** What each call of a program got, by its name. */
function reportsIn(output: string) {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return Object.fromEntries(
    lines.map((line) => {
      const { name, text, error } = report.parse(JSON.parse(line));
      return [name, error ?? text];
    }),
  );
}
const echo = (text: string) => expect.stringMatching(new RegExp(`^echo [0-9a-f]{16} : ${text}$`));

describe('clients that are not the official ones of Node and Python', () => {
  let stack: ClientStack;
  beforeAll(async () => {
    stack = await startClientStack();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  (python === null ? test.skip : test)('LangChain', async () => {
    const env = { ...process.env, GATEWAY_URL: stack.address.gateways.plain };
    const program = join(import.meta.dirname, 'langchain_calls.py');
    const { ok, output } = await runCommand(python?.python ?? '', [program], { env, timeoutMs: 60_000 });
    if (!ok) throw new Error(output);
    expect(reportsIn(output)).toEqual({
      chat: echo('LangChain asks'),
      stream: echo('LangChain asks for a stream'),
      batch: expect.stringMatching(/ : LangChain asks once and echo [0-9a-f]{16} : LangChain asks twice$/),
      embeddings: '1536 numbers',
    });
  });

  (go === null ? test.skip : test)('Go, by its official client and by net/http', async () => {
    expect(reportsIn((await go?.(stack.address.gateways.plain)) ?? '')).toEqual({
      chat: echo('Go asks'),
      stream: echo('Go asks for a stream'),
      responses: echo('Go asks for a response'),
      error: '400 missing_required_parameter',
      'net/http': echo('Go asks plainly'),
    });
  });
});

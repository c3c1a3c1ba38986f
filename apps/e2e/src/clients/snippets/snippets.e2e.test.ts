import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand, type CommandResult } from '@batch-gpt/local-servers';
import { delimiter, dirname } from 'node:path';
import { startClientStack, type ClientStack } from '../client-stack.ts';
import { pythonForTests } from '../python/python-for-tests.ts';
import { readSnippets, type Snippet } from './read-snippets.ts';

const client = await pythonForTests();

const answer = (text: string): string => `echo [0-9a-f]{16} : ${text}`;

/** What each snippet of the page prints. */
const printed: Readonly<Record<string, RegExp>> = {
  node: new RegExp(`^${answer('Say hello')}$`),
  python: new RegExp(`^${answer('Say hello')}$`),
  'python-async': new RegExp(`^\\['${answer('Say hello')}', '${answer('Say goodbye')}'\\]$`),
  curl: new RegExp(`"content":"${answer('Say hello')}"`),
  environment: new RegExp(`^${answer('Say hello')}$`),
  'node-stream': new RegExp(`^${answer('Take your time')}$`),
  'python-stream': new RegExp(`^${answer('Take your time')}$`),
  'node-retries': new RegExp(`^${answer('Ask me again')}$`),
  'python-retries': new RegExp(`^${answer('Ask me again')}$`),
  'node-handle': new RegExp(`^202 /v1/requests/\n${answer('Later is fine')}$`),
  'curl-handle': /^\{.*"object":"batch_gpt.request".*\}\n202$/s,
  'python-background': new RegExp(`^queued\n${answer('Whenever you can')}$`),
  'requests-body': new RegExp(`^${answer('Say hello, requests')}$`),
};

const needsPython = (name: string): boolean => /python|environment|requests/.test(name);

describe('the snippets of docs/clients.md', () => {
  let stack: ClientStack;
  let snippets: readonly Snippet[];
  beforeAll(async () => {
    stack = await startClientStack();
    snippets = await readSnippets(stack.address.gateways.plain);
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  test('are all expected to print something', () => {
    expect(snippets.map(({ name }) => name)).toEqual(Object.keys(printed));
  });

  for (const [name, pattern] of Object.entries(printed)) {
    const runnable = client !== null || !needsPython(name) ? test : test.skip;
    runnable(`${name} prints what it shows`, async () => {
      const snippet = snippets.find((one) => one.name === name);
      expect(snippet && (await run(snippet))).toEqual({ ok: true, output: expect.stringMatching(pattern) });
    });
  }
});

/** In a process with nothing in its environment but where programs are. */
function run({ language, code }: Snippet): Promise<CommandResult> {
  const path = [...(client === null ? [] : [dirname(client.python)]), process.env['PATH'] ?? ''].join(delimiter);
  const options = { env: { PATH: path, HOME: process.env['HOME'] }, timeoutMs: 60_000 };
  switch (language) {
    case 'python':
      return runCommand('python3', ['-c', code], options);
    case 'sh':
      return runCommand('sh', ['-euc', code], options);
    default:
      return runCommand(process.execPath, ['--input-type=module-typescript', '--eval', code], options);
  }
}

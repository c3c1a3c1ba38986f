import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { join } from 'node:path';
import { cells } from '../cells.ts';
import { startClientStack, type ClientStack } from '../client-stack.ts';
import { runCells, type CellRun } from '../run-cells.ts';
import { sdks } from './sdks.ts';

let stack: ClientStack;
beforeAll(async () => {
  stack = await startClientStack(sdks.map(({ version }) => `openai ${version}`));
});
afterAll(() => stack[Symbol.asyncDispose]());

describe.each(sdks.map(({ version }) => version))('openai %s for Node', (version) => {
  let run: CellRun;
  beforeAll(() => {
    const program = join(import.meta.dirname, 'run-node-cells.ts');
    run = runCells({ command: process.execPath, args: [program], env: { SDK_VERSION: version } }, stack.address);
  });
  afterAll(() => run[Symbol.asyncDispose]());

  test.each(cells)('%s', (cell) => run.passed(`openai ${version}`, cell));
});

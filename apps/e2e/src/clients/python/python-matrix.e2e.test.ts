import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { cells } from '../cells.ts';
import { startClientStack, type ClientStack } from '../client-stack.ts';
import { runCells, type CellRun } from '../run-cells.ts';
import { pythonForTests } from './python-for-tests.ts';

const client = await pythonForTests();
const suite = client === null ? describe.skip : describe;

suite('the official client for Python', () => {
  let stack: ClientStack;
  let run: CellRun;
  beforeAll(async () => {
    stack = await startClientStack(['openai sync', 'openai async']);
    const args = ['-B', join(import.meta.dirname, 'run_cells.py')];
    run = runCells({ command: client?.python ?? '', args }, stack.address);
  });
  afterAll(async () => {
    await run[Symbol.asyncDispose]();
    await stack[Symbol.asyncDispose]();
  });

  describe.each(['sync', 'async'])('%s', (flavour) => {
    test.each(cells)('%s', (cell) => run.passed(`openai ${flavour}`, cell));
  });

  test('has no cell that the others lack', async () => {
    expect(new Set((await run.all).map(({ cell }) => cell))).toEqual(new Set(cells));
  });
});

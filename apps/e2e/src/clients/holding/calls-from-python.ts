import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { callEnd, type CallEnd, type HoldingCall } from './holding-call.ts';

const line = z.object({ text: z.string(), end: callEnd });

/** Makes these calls at once in a Python of its own; resolves when the last one has ended. */
export async function callsFromPython(
  python: string,
  calls: readonly HoldingCall[],
  onEnd: (text: string, end: CallEnd) => void,
): Promise<void> {
  const { PATH, HOME } = process.env;
  const child = spawn(python, ['-B', join(import.meta.dirname, 'python_calls.py')], {
    env: { PATH, HOME, CALLS: JSON.stringify(calls) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface(child.stdout).on('line', (text) => {
    const told = line.parse(JSON.parse(text));
    onEnd(told.text, told.end);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the Python clients ended with ${String(code)}`);
}

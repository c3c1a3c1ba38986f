import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { formatTable } from '../format-table.ts';
import type { CommandContext } from '../run-command.ts';
import type { Terminal } from '../terminal.ts';
import { dataHome, workspace } from '../workspace.ts';
import { buildDashboard } from './build-dashboard.ts';
import { announceRunning } from './running-file.ts';
import { startStack, type Stack } from './start-stack.ts';

const USAGE = `npm start -- [--redis url|path|apt|wheel|docker|podman] [--mongodb url|path|embedded] [--quiet]`;

/** `npm start`: everything, until Ctrl-C. */
export async function start({ args, env, terminal, signal, hurry }: CommandContext): Promise<boolean> {
  const options = parseStartArgs(args);
  if (options === null) {
    terminal.say(USAGE);
    return false;
  }
  const began = performance.now();
  const { redis, mongodb: store, quiet } = options;
  // Beside the rest: the gateway serves the site once it is there.
  const building = buildDashboard(workspace);
  await using stack = await startStack({ env, dataHome, redis, store, terminal, showLogs: !quiet, signal });
  hurry.addEventListener('abort', stack.hurry, { once: true });
  await using _word = await announceRunning(stack.dataDir, stack);
  for (const line of welcome(stack, terminal, (performance.now() - began) / 1000)) terminal.say(line);
  const problem = await building;
  if (problem !== null && !signal.aborted) terminal.say(`the dashboard could not be built:\n${problem}`);

  if (!signal.aborted) await once(signal, 'abort');
  terminal.say(terminal.style('bold', 'stopping: calls under way are finished first (Ctrl-C again to stop at once)'));
  await stack[Symbol.asyncDispose]();
  terminal.say('stopped');
  return true;
}

function parseStartArgs(args: readonly string[]): { redis?: string; mongodb?: string; quiet: boolean } | null {
  const options = {
    redis: { type: 'string' },
    mongodb: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch {
    // An unknown option or a missing value: the usage says what there is.
    return null;
  }
}

/** What is up, where, and what to try first. */
export function welcome(
  stack: Pick<Stack, 'parts' | 'gatewayUrl' | 'simulatorUrl' | 'dataDir'>,
  { style }: Terminal,
  seconds: number,
): string[] {
  const { parts, gatewayUrl, simulatorUrl, dataDir } = stack;
  const rows = parts.map(({ name, where, about }) => [`  ${style('bold', name)}`, where, style('dim', about)]);
  const demo = [
    style('yellow', '  Demo mode: OPENAI_API_KEY is not set, so a simulator stands in for OpenAI.'),
    style('yellow', '  Its answers are made up and nothing is paid. Set OPENAI_API_KEY for the real thing.'),
    '',
  ];
  return [
    '',
    style('bold', `  batch-gpt is up (${seconds.toFixed(1)} s)`),
    '',
    ...(simulatorUrl === null ? [] : demo),
    ...formatTable(rows),
    `  ${style('bold', 'data')}  ${dataDir}`,
    '',
    '  Try it:',
    '',
    `  curl ${gatewayUrl}/v1/chat/completions -H 'Content-Type: application/json' \\`,
    `    -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello"}]}'`,
    '',
    `  import OpenAI from 'openai';`,
    `  const client = new OpenAI({ baseURL: '${gatewayUrl}/v1', apiKey: 'any' });`,
    '',
    `  ${gatewayUrl}/dashboard shows the system in a browser, npm run monitor in a terminal.`,
    '  npm run demo sends 200 calls and shows what became of them. Ctrl-C stops everything.',
    '',
  ];
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@batch-gpt/errors';
import { formatTable } from '../format-table.ts';
import type { CommandContext } from '../run-command.ts';
import type { Terminal } from '../terminal.ts';
import { workspace } from '../workspace.ts';
import { countsLine, sumCounts, type Counts } from './counts.ts';
import {
  checkNodeVersion,
  prepareBrowser,
  prepareChartTools,
  prepareProxy,
  preparePythonClient,
  prepareServers,
  prepareTerminal,
} from './prepare.ts';
import { runStep } from './run-step.ts';
import { stepEnv } from './step-env.ts';
import { steps, type Step } from './steps.ts';

interface Result {
  readonly name: string;
  readonly counts: Counts;
  readonly seconds: number;
}

/** `npm test`, or `npm test -- <steps>`: runs every check and test, each step whatever the ones before came to. True when nothing failed; its last line is the count. */
export async function verify({ env, args, terminal, signal }: CommandContext): Promise<boolean> {
  const chosen = chooseSteps(args);
  const reports = join(workspace, 'reports');
  // Counts of an earlier run must not be added to this one's.
  await rm(reports, { recursive: true, force: true });
  const hasColors = terminal.style('red', '-') !== '-';
  const context = { reports, env: stepEnv(env, hasColors), signal, say: terminal.say };

  const results: Result[] = [];
  const measure = async (name: string, run: () => Promise<Counts>): Promise<void> => {
    if (signal.aborted) return;
    terminal.say(terminal.style('bold', `\n=== ${name} ===`));
    const start = performance.now();
    const counts = await run();
    results.push({ name, counts, seconds: (performance.now() - start) / 1000 });
  };
  await measure('prepare', () => prepare(env, terminal));
  for (const step of chosen) await measure(step.name, () => runStep(step, context));

  const total = sumCounts(results.map(({ counts }) => counts));
  for (const line of summary(results, terminal)) terminal.say(line);
  if (signal.aborted) terminal.say('interrupted: not every step ran');
  terminal.say(countsLine(total));
  return total.failed === 0 && !signal.aborted;
}

function chooseSteps(names: readonly string[]): readonly Step[] {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new AppError(
      'config_invalid',
      `no such step: ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}`,
    );
  }
  return names.length === 0 ? steps : steps.filter(({ name }) => names.includes(name));
}

async function prepare(env: NodeJS.ProcessEnv, { say }: Terminal): Promise<Counts> {
  try {
    say(`Node ${await checkNodeVersion()}`);
    const servers = await prepareServers(env, say);
    const client = await preparePythonClient(env, say);
    const proxy = await prepareProxy(env, say);
    const tmux = await prepareTerminal(env, say);
    const browser = await prepareBrowser(env, say);
    const chartTools = await prepareChartTools(env, say);
    say(`Redis: ${servers.redis}\nMongoDB: ${servers.mongo ?? 'none'}`);
    say(
      `Python client: ${client ?? 'none'}\nProxy: ${proxy}\nTerminal: ${tmux}\nBrowser: ${browser}\nTools of the chart: ${chartTools}`,
    );
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function summary(results: readonly Result[], { style }: Terminal): string[] {
  const rows = results.map(({ name, counts, seconds }) => [
    counts.failed === 0 ? style('green', 'ok') : style('red', 'FAILED'),
    name,
    countsLine(counts),
    `${seconds.toFixed(1)} s`,
  ]);
  return ['', ...formatTable(rows), ''];
}

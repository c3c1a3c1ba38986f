import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatTable } from '../format-table.ts';
import type { CommandContext } from '../run-command.ts';
import { readRunning, type Running } from '../run/running-file.ts';
import { startStack } from '../run/start-stack.ts';
import type { Terminal } from '../terminal.ts';
import { dataHome } from '../workspace.ts';
import { DEMO, demoCalls } from './demo-calls.ts';
import { readLedger, since } from './read-ledger.ts';
import { sendCalls, type Answer } from './send-calls.ts';
import { summarize } from './summarize.ts';

/** `npm run demo`: 200 calls through the official SDK against a run in demo mode, the present one or one of its own. It never asks a real provider. */
export async function demo(context: CommandContext): Promise<boolean> {
  const { terminal, signal } = context;
  await using target = await findTarget(context);
  const { gatewayUrl, simulatorUrl } = target;
  terminal.say(`sending ${DEMO.calls} calls, ${DEMO.distinct} of them different, to ${gatewayUrl}`);

  const before = await readLedger(simulatorUrl);
  const began = performance.now();
  const answers = await send({ gatewayUrl, terminal, signal });
  const seconds = (performance.now() - began) / 1000;
  const provider = since(before, await readLedger(simulatorUrl));

  const rows = summarize({ distinct: DEMO.distinct, answers, provider, seconds });
  terminal.say();
  for (const line of formatTable(rows.map(([name, text]) => [`  ${terminal.style('bold', name)}`, text])))
    terminal.say(line);
  const failed = answers.find(({ ok }) => !ok);
  if (failed !== undefined) terminal.say(terminal.style('red', `  first failure: ${failed.error ?? 'unknown'}`));
  return failed === undefined;
}

interface Target extends AsyncDisposable {
  readonly gatewayUrl: string;
  readonly simulatorUrl: string;
}

async function findTarget(context: CommandContext): Promise<Target> {
  const running = await readRunning(join(dataHome, 'demo'));
  if (running !== null && (await answers(running))) {
    return { ...running, simulatorUrl: running.simulatorUrl ?? '', [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  return startOwn(context);
}

async function answers({ gatewayUrl, simulatorUrl }: Running): Promise<boolean> {
  if (simulatorUrl === null) return false;
  try {
    await fetch(gatewayUrl);
    await readLedger(simulatorUrl);
    return true;
  } catch {
    // Left behind by a run that was killed.
    return false;
  }
}

/** A run of its own, with data that goes away with it and without whatever would lead to a real provider or database. */
async function startOwn({ env, terminal, signal, hurry }: CommandContext): Promise<Target> {
  terminal.say('no run in demo mode found (npm start), starting one for this demo');
  const own = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(OPENAI|MONGO|REDIS_|SQLITE_|PORT$|OPS_PORT$)/.test(name)),
  );
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'batch-gpt-demo-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const started = stack.use(
    await startStack({
      env: { ...own, PORT: '0', OPS_PORT: '0' },
      dataHome: folder,
      store: 'embedded',
      terminal,
      showLogs: false,
      signal,
    }),
  );
  hurry.addEventListener('abort', started.hurry, { once: true });
  const kept = stack.move();
  return {
    gatewayUrl: started.gatewayUrl,
    simulatorUrl: started.simulatorUrl ?? '',
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function send({
  gatewayUrl,
  terminal,
  signal,
}: {
  gatewayUrl: string;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<Answer[]> {
  let answered = 0;
  const news = setInterval(() => terminal.say(`  ${answered} of ${DEMO.calls} answered`), 1000);
  try {
    const onAnswer = (): void => {
      answered += 1;
    };
    return await sendCalls(demoCalls(randomUUID().slice(0, 8)), { gatewayUrl, apiKey: 'demo', onAnswer, signal });
  } finally {
    clearInterval(news);
  }
}

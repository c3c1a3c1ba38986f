import { once } from 'node:events';
import type { CommandContext } from '../run-command.ts';
import { createKeeper } from './create-keeper.ts';

/** `npm run simulator`: the stand-in for the provider alone, on `PORT` (9400 when not set), until Ctrl-C. */
export async function simulator({ env, terminal, signal, hurry }: CommandContext): Promise<boolean> {
  await using keeper = createKeeper({ terminal, showLogs: true, signal });
  hurry.addEventListener('abort', keeper.hurry, { once: true });
  const { port } = await keeper.service({
    name: 'simulator',
    tier: 'entrance',
    serves: ['port'],
    env: { ...env, LOG_FORMAT: 'json' },
  });
  const url = `http://127.0.0.1:${port}`;
  terminal.say(
    `\n  The simulator is up: OPENAI_BASE_URL=${url}/v1, its own routes under ${url}/simulator. Ctrl-C stops it.\n`,
  );
  if (!signal.aborted) await once(signal, 'abort');
  return true;
}

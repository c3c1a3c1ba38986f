import type { Attempt } from '../ladder/climb.ts';
import { findProgram } from '../process/find-program.ts';
import { runCommand } from '../process/run-command.ts';
import { nativeRedis, type RedisProgram } from './redis-program.ts';

// The oldest version that BullMQ does not warn about.
const MINIMUM = [6, 2] as const;

/** `redis-server` or `valkey-server` on the path, if it runs here and is new enough. */
export async function redisOnPath(path: string | undefined): Promise<Attempt<RedisProgram>> {
  const command = await findProgram(['redis-server', 'valkey-server'], path);
  if (command === null) return { absent: 'no redis-server or valkey-server on the path' };
  return usableRedis(command, `${command} on the path`);
}

/** Asks a server binary for its version, which shows that it runs on this machine at all. */
export async function usableRedis(command: string, how: string): Promise<Attempt<RedisProgram>> {
  const { ok, output } = await runCommand(command, ['--version']);
  if (!ok) return { absent: `${command} does not run here: ${output.split('\n', 1)[0] ?? ''}` };
  const version = /v=(\d+)\.(\d+)/.exec(output);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  const tooOld = major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1]);
  if (tooOld) return { absent: `${command} is version ${major}.${minor}, at least ${MINIMUM.join('.')} is needed` };
  return { found: nativeRedis(how, command) };
}

import type { Attempt } from '../ladder/climb.ts';
import { findProgram } from '../process/find-program.ts';
import { runCommand } from '../process/run-command.ts';
import { containerRedis, type RedisProgram } from './redis-program.ts';

/** A container engine that is installed and answers. */
export async function redisContainer(
  engine: 'docker' | 'podman',
  path: string | undefined,
): Promise<Attempt<RedisProgram>> {
  const command = await findProgram([engine], path);
  if (command === null) return { absent: `no ${engine} on the path` };
  const info = await runCommand(command, ['info']);
  if (!info.ok) return { absent: `${engine} is installed but does not answer` };
  return { found: containerRedis(`a container (${engine})`, command) };
}

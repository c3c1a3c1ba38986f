import { access } from 'node:fs/promises';
import type { Attempt } from '../ladder/climb.ts';
import { findProgram } from '../process/find-program.ts';
import { runCommand } from '../process/run-command.ts';
import { redisOnPath } from './redis-on-path.ts';
import type { RedisProgram } from './redis-program.ts';

const INSTALL = ['install', '-y', '--no-install-recommends', 'redis-server'];
const LIMIT_MS = 300_000;

/** On Debian and Ubuntu, as root: installs the distribution's redis-server. Its package lists are updated only when needed. */
export async function installWithApt(
  path: string | undefined,
  announce: (line: string) => void,
): Promise<Attempt<RedisProgram>> {
  const aptGet = await findProgram(['apt-get'], path);
  if (aptGet === null || !(await isDebianLike())) return { absent: 'not a Debian or Ubuntu' };
  if (process.getuid?.() !== 0) return { absent: 'apt-get needs root' };

  announce(`installing Redis: apt-get ${INSTALL.join(' ')}`);
  const run = (args: readonly string[]) =>
    runCommand(aptGet, args, { timeoutMs: LIMIT_MS, env: { PATH: path, DEBIAN_FRONTEND: 'noninteractive' } });
  let installed = await run(INSTALL);
  if (!installed.ok) {
    announce('updating the package lists first: apt-get update');
    await run(['update']);
    installed = await run(INSTALL);
  }
  if (!installed.ok) return { absent: `apt-get failed: ${installed.output.split('\n').at(-1) ?? ''}` };
  return redisOnPath(path);
}

const isDebianLike = (): Promise<boolean> =>
  access('/etc/debian_version').then(
    () => true,
    () => false,
  );

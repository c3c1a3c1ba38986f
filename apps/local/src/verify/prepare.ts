import { findPythonClient, findRedisProgram, findTestMongo, runCommand } from '@batch-gpt/local-servers';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolsDir, workspace } from '../workspace.ts';

const APT_LIMIT_MS = 300_000;
const CHART_TOOLS_LIMIT_MS = 900_000;

/** Throws unless this process, and every `node` that the steps will find on the path, is as new as .nvmrc says. */
export async function checkNodeVersion(): Promise<string> {
  const wanted = Number(await readFile(join(workspace, '.nvmrc'), 'utf8'));
  const onPath = await runCommand('node', ['--version']);
  for (const version of [process.version, onPath.output]) {
    const major = Number(/^v(\d+)/.exec(version)?.[1] ?? 0);
    if (major < wanted)
      throw new Error(`Node ${wanted} or newer is needed, found ${version}: start this with npm test`);
  }
  return process.version;
}

/** What the tests will run on. */
export interface TestServers {
  readonly redis: string;
  /** Null when there is none: then its suites are skipped. */
  readonly mongo: string | null;
}

/** Installs or builds the servers for the tests now, so that no test waits for it. With `CI=true` none may be missing. */
export async function prepareServers(env: NodeJS.ProcessEnv, announce: (line: string) => void): Promise<TestServers> {
  const redis = await findRedisProgram({ env, toolsDir, mayInstall: true, announce });
  try {
    const mongo = await findTestMongo({ env, mayBuild: true, announce });
    return { redis: redis.how, mongo: mongo.how };
  } catch (error) {
    if (env['CI'] === 'true' || (env['MONGODB_URL'] ?? '') !== '') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    announce(`ATTENTION: no MongoDB for tests, the suites that need one are skipped.\n${reason}`);
    return { redis: redis.how, mongo: null };
  }
}

/** Installs the official Python client for the tests now; says what it is, or null where there is none. With `CI=true` it may not be missing. */
export async function preparePythonClient(
  env: NodeJS.ProcessEnv,
  announce: (line: string) => void,
): Promise<string | null> {
  const attempt = await findPythonClient({ env, mayInstall: true, announce });
  if ('found' in attempt) return attempt.found.packages.join(' ');
  if (env['CI'] === 'true') throw new Error(`no Python client for tests: ${attempt.absent}`);
  announce(`ATTENTION: no Python client for tests, its matrix is skipped.\n${attempt.absent}`);
  return null;
}

/** Builds what the chart's checks need, once, where Go is there; says what could not be had: its checks are skipped. */
export async function prepareChartTools(env: NodeJS.ProcessEnv, announce: (line: string) => void): Promise<string> {
  const { ok, output } = await runCommand('sh', [join(workspace, 'k8s/tools/install.sh')], {
    env,
    timeoutMs: CHART_TOOLS_LIMIT_MS,
  });
  if (ok) return 'ready';
  announce(`${output}\nATTENTION: the checks of the chart that need these are skipped.`);
  return 'not all of them';
}

/** A program that some tests drive, and where Debian has it. */
interface TestProgram {
  readonly name: string;
  readonly versionFlag: string;
  readonly debian: string;
  /** What is tested with it. */
  readonly tests: string;
}

const proxy: TestProgram = {
  ...{ name: 'nginx', versionFlag: '-v', debian: 'nginx-light', tests: 'tests through a proxy' },
};
const browser: TestProgram = {
  ...{ name: 'chromium', versionFlag: '--version', debian: 'chromium', tests: 'tests of the dashboard' },
};
const terminalProgram: TestProgram = {
  ...{ name: 'tmux', versionFlag: '-V', debian: 'tmux', tests: 'tests of the terminal monitor' },
};

/** nginx, as {@link prepareProgram} has it. */
export const prepareProxy = (env: NodeJS.ProcessEnv, announce: (line: string) => void): Promise<string> =>
  prepareProgram(proxy, env, announce);

/** Chromium, as {@link prepareProgram} has it. */
export const prepareBrowser = (env: NodeJS.ProcessEnv, announce: (line: string) => void): Promise<string> =>
  prepareProgram(browser, env, announce);

/** tmux, as {@link prepareProgram} has it. */
export const prepareTerminal = (env: NodeJS.ProcessEnv, announce: (line: string) => void): Promise<string> =>
  prepareProgram(terminalProgram, env, announce);

/**
 * Installs a program where a machine is there for tests alone (`CI=true`, Debian or Ubuntu, root); on a person's machine it
 * is not ours to install. Says which there is; without it its tests are skipped.
 */
async function prepareProgram(
  { name, versionFlag, debian, tests }: TestProgram,
  env: NodeJS.ProcessEnv,
  announce: (line: string) => void,
): Promise<string> {
  const path = `${env['PATH'] ?? ''}:/usr/sbin`;
  const version = () => runCommand(name, [versionFlag], { env: { PATH: path } });
  let found = await version();
  if (!found.ok && env['CI'] === 'true' && process.getuid?.() === 0) {
    const apt = (...args: string[]) =>
      runCommand('apt-get', args, {
        timeoutMs: APT_LIMIT_MS,
        env: { ...env, PATH: path, DEBIAN_FRONTEND: 'noninteractive' },
      });
    announce(`installing ${name} for the ${tests}: apt-get install ${debian}`);
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', debian);
    found = await version();
  }
  if (found.ok) return found.output;
  announce(`ATTENTION: no ${name}, the ${tests} are skipped.`);
  return 'none';
}

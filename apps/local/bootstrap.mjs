// The first step of `npm start` and `npm test`, run by whatever Node the host has (20 or newer): installs what is
// missing, then hands over to src/main.ts on the Node that the project brings along. No dependencies, plain JavaScript.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installReason, writeStamp } from './install-stamp.mjs';

const workspace = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bin = join(workspace, 'node_modules/.bin');
const wanted = Number(readFileSync(join(workspace, '.nvmrc'), 'utf8'));

const [command = 'start', ...args] = process.argv.slice(2);
process.exitCode = install() ? await handOver() : 1;

function install() {
  const reason = installReason(workspace);
  if (reason === null) return true;
  const verb = existsSync(join(workspace, 'package-lock.json')) ? 'ci' : 'install';
  say(`installing dependencies (${reason}): npm ${verb}`);
  // Tools are development dependencies; NODE_ENV=production must not leave them out.
  const { status, error } = npm([verb, '--include=dev', '--no-fund', '--no-audit']);
  if (status !== 0) {
    say(`npm ${verb} failed${error ? `: ${error.message}` : ''}; nothing was started`);
    return false;
  }
  writeStamp(workspace);
  return true;
}

/** The npm that runs us, or else the one on the path. Its output goes to stderr: stdout belongs to the command. */
function npm(words) {
  const cli = process.env.npm_execpath ?? '';
  const options = { cwd: workspace, stdio: ['ignore', 2, 2] };
  if (cli.endsWith('npm-cli.js')) return spawnSync(process.execPath, [cli, ...words], options);
  return spawnSync('npm', words, { ...options, shell: process.platform === 'win32' });
}

async function handOver() {
  const node = findNode();
  if (node === null) return 1;
  const path = `${bin}${delimiter}${process.env.PATH ?? ''}`;
  // A .env is for running the gateway. The checks must not see it: they would spend a real key.
  const envFile = join(workspace, '.env');
  const withEnvFile = command !== 'verify' && existsSync(envFile) ? [`--env-file=${envFile}`] : [];
  const main = join(workspace, 'apps/local/src/main.ts');
  const flags = ['--disable-warning=ExperimentalWarning', ...withEnvFile];
  const child = spawn(node, [...flags, main, command, ...args], {
    cwd: workspace,
    // The channel carries nothing: it breaks when this process is gone, however it went, and the child stops.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: path },
  });
  // Ctrl-C reaches the child by itself, a kill of this process does not; it counts two in quick succession as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  stopWithNpm(() => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      say(`cannot run ${node}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** npm passes a kill on to the shell between us, and that dies of it without a word: notice that it is gone. */
function stopWithNpm(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 250);
  watch.unref();
}

/** The project's Node, or this one if it is new enough. An install with scripts skipped brings none. */
function findNode() {
  const own = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
  if (majorOf(own) >= wanted) return own;
  if (Number.parseInt(process.versions.node, 10) >= wanted) return process.execPath;
  say(
    `Node ${wanted} or newer is needed, this is ${process.versions.node}, and the one in node_modules does not run ` +
      '(were install scripts skipped?). Run: npm rebuild node --ignore-scripts=false',
  );
  return null;
}

function majorOf(node) {
  if (!existsSync(node)) return 0;
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  return Number(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

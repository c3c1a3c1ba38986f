import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { spawnServer, type ServerCommand } from './spawn-server.ts';

const node = (script: string, changes: Partial<ServerCommand> = {}): ServerCommand => ({
  name: 'sample',
  command: process.execPath,
  args: ['-e', script],
  env: {},
  ready: (lines) => lines().includes('up'),
  ...changes,
});

const FOREVER = 'setInterval(() => undefined, 1000); console.log("up");';

describe('a server process', () => {
  it('is there once it is ready, and gone once disposed', async () => {
    const server = await spawnServer(node(FOREVER));
    expect(server.lines()).toEqual(['up']);
    await server[Symbol.asyncDispose]();
    expect(await server.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  });

  it('fails with its last lines when it ends before it is ready', async () => {
    const start = spawnServer(node('console.error("port is taken"); process.exitCode = 3;'));
    await expect(start).rejects.toThrow('sample did not start: it ended with exit code 3\nport is taken');
  });

  it('is ended when it does not become ready in time', async () => {
    let pid = 0;
    const script = `${FOREVER} console.log(process.pid);`;
    const onLine = (line: string): void => {
      if (/^\d+$/.test(line)) pid = Number(line);
    };
    // Never ready, though it has said its pid: the limit is the only way out.
    const start = spawnServer(node(script, { ready: () => false, readyTimeoutMs: 1000, onLine }));
    await expect(start).rejects.toThrow('it was not ready within 1 s');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('is killed when it ignores the request to end', async () => {
    const script = `process.on("SIGTERM", () => undefined); ${FOREVER}`;
    const server = await spawnServer(node(script, { stopTimeoutMs: 100 }));
    expect(await server.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('ends in an orderly way though it was paused', async () => {
    const server = await spawnServer(node(`process.on("SIGTERM", () => process.exit(0)); ${FOREVER}`));
    server.kill('SIGSTOP');
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('says which command cannot be run', async () => {
    const start = spawnServer(node('', { command: '/nowhere/at-all' }));
    await expect(start).rejects.toThrow('sample did not start: cannot run /nowhere/at-all');
  });

  it('stops starting when it is aborted', async () => {
    const abort = new AbortController();
    const ready = (): boolean => {
      abort.abort(new Error('no longer wanted'));
      return false;
    };
    await expect(spawnServer(node(FOREVER, { ready, signal: abort.signal }))).rejects.toThrow('no longer wanted');
  });

  it('does not outlive us, even when we are killed', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', OWNER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(chunk.toString());
      expect(process.kill(pid, 0)).toBe(true);
      parent.kill('SIGKILL');
      await untilGone(pid);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

/** A program that starts a server and says its process id. */
const OWNER = `
const { spawnServer } = await import('${new URL('spawn-server.ts', import.meta.url).href}');
const server = await spawnServer({
  name: 'sample',
  command: process.execPath,
  args: ['-e', ${JSON.stringify(FOREVER)}],
  ready: (lines) => lines().includes('up'),
});
process.stdout.write(String(server.pid));
`;

/** A process whose parent is gone may stay behind as a zombie until init collects it; that is gone enough. */
async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (/\) [ZX] /.test(status)) return;
    await delay(20);
  }
}

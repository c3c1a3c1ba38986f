import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';

const fixture = fileURLToPath(new URL('./fixtures/service.ts', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function exitOf(child: ChildProcess) {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

async function endOf(stream: Readable | null): Promise<void> {
  if (stream !== null && !stream.destroyed) await once(stream, 'close');
}

function startService(behaviour: string) {
  const child = fork(fixture, [behaviour], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  children.push(child);
  let output = '';
  const collect = (chunk: Buffer) => (output += chunk.toString());
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  // Not the event 'close': it does not come after a disconnect from this side.
  const closed = Promise.all([exitOf(child), endOf(child.stdout), endOf(child.stderr)]).then(([exit]) => exit);
  const says = async (text: string) => {
    while (!output.includes(text)) {
      const event = await Promise.race([
        once(child.stdout ?? child, 'data').then(() => 'data'),
        closed.then(() => 'closed'),
      ]);
      if (event === 'closed' && !output.includes(text)) throw new Error(`ended without saying "${text}":\n${output}`);
    }
  };
  const ended = async () => {
    const exit = await closed;
    return { ...exit, output };
  };
  return { child, says, ended };
}

describe('runService', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('disposes on %s and ends with 0', async (signal) => {
    const { child, says, ended } = startService('plain');
    await says('service runs');
    child.kill(signal);
    const { code, output } = await ended();
    expect(code).toBe(0);
    expect(output).toContain(`"reason":"${signal}"`);
    expect(output).toContain('service stopped');
  });

  it('ends when its parent is gone', async () => {
    const { child, says, ended } = startService('plain');
    await says('service runs');
    child.disconnect();
    const { code, output } = await ended();
    expect([code, output]).toEqual([0, expect.stringContaining('"reason":"disconnect"')]);
  });

  it('ends cleanly when nobody reads its output any more either', async () => {
    const { child, says, ended } = startService('plain');
    await says('service runs');
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.disconnect();
    expect(await ended()).toMatchObject({ code: 0, signal: null });
  });

  it('stops cleanly while it still starts', async () => {
    const { child, says, ended } = startService('slow-start');
    await says('starting');
    child.kill('SIGTERM');
    const { code, output } = await ended();
    expect([code, output]).toEqual([0, expect.stringContaining('service was stopped while it started')]);
  });

  it('shows every problem of a bad configuration and ends with 78', async () => {
    const { code, output } = await startService('bad-config').ended();
    expect([code, output]).toEqual([78, 'fixture: Not valid:\n  PORT: is required\n  KEY: is required\n']);
  });

  it('logs a failed start and ends with 1', async () => {
    const { code, output } = await startService('bad-start').ended();
    expect(code).toBe(1);
    expect(output).toMatch(/"level":"error","msg":"service did not start".*no database/);
  });

  it('logs an unhandled rejection, disposes and ends with 1', async () => {
    const { code, output } = await startService('throws-later').ended();
    expect(code).toBe(1);
    expect(output).toMatch(/unexpected failure.*a bug/);
    expect(output).toContain('service stopped');
  });

  it('ends with 1 where the disposal fails', async () => {
    const { child, says, ended } = startService('fails-in-disposal');
    await says('service runs');
    child.kill('SIGTERM');
    const { code, output } = await ended();
    expect([code, output]).toEqual([1, expect.stringContaining('flush failed')]);
  });

  it.each(['hangs-in-disposal', 'leaks'])('ends by force after its grace where it %s', async (behaviour) => {
    const { child, says, ended } = startService(behaviour);
    await says('service runs');
    child.kill('SIGTERM');
    const { code, output } = await ended();
    expect(code).toBe(1);
    expect(output).toMatch(/ended by force.*"openResources":\[/);
  });
});

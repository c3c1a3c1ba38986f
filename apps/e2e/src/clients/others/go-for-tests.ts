import { join } from 'node:path';
import { runCommand } from '@batch-gpt/local-servers';

const folder = join(import.meta.dirname, 'go');

/** Runs the program in Go and gives what it wrote. Compiled once, it starts within seconds. */
export type RunGo = (gatewayUrl: string) => Promise<string>;

/** Go with the official client's module; null, with a warning, where it cannot be had: not every machine for Node has Go. */
export async function goForTests(): Promise<RunGo | null> {
  const got = await runCommand('go', ['-C', folder, 'mod', 'download'], { timeoutMs: 120_000 });
  if (!got.ok) {
    process.emitWarning(`the tests with Go are skipped: ${got.output}`);
    return null;
  }
  return async (gatewayUrl) => {
    const env = { ...process.env, GATEWAY_URL: gatewayUrl };
    // Compiling the client with all optimizations takes longer than everything that it is compiled for.
    const flags = ['-buildvcs=false', '-gcflags=github.com/...=-N -l', '-ldflags=-s -w'];
    const { ok, output } = await runCommand('go', ['-C', folder, 'run', ...flags, '.'], { env, timeoutMs: 150_000 });
    if (!ok) throw new Error(output);
    return output;
  };
}

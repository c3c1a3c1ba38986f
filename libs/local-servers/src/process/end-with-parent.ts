import { spawn } from 'node:child_process';

// Reads the pipe that only we hold. It ends when we do, even by SIGKILL: then the server is told to stop as well.
const SCRIPT = `
read -r _
kill -CONT "$1" 2>/dev/null
kill -TERM "$1" 2>/dev/null || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 "$1" 2>/dev/null || exit 0; done
kill -KILL "$1" 2>/dev/null`;

/**
 * Starts a small shell that stops process `pid` should this process vanish without cleaning up; call the result once
 * `pid` has ended. Best effort: on Windows, or without `sh`, an unclean end leaves the server running.
 */
export function endWithParent(pid: number): () => void {
  if (process.platform === 'win32') return () => undefined;
  const guard = spawn('sh', ['-c', SCRIPT, 'end-with-parent', String(pid)], {
    // Its own session: Ctrl-C must not reach it before us.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return () => {
    guard.kill('SIGKILL');
    guard.stdin.destroy();
  };
}

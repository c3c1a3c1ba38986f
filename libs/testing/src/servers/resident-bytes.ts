import { readFile } from 'node:fs/promises';
import { runCommand } from '@batch-gpt/local-servers';

/** Resident memory of a process in bytes (`VmRSS` of /proc/<pid>/status, or `ps` where there is no /proc). */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const kilobytes =
    status === null
      ? (await runCommand('ps', ['-o', 'rss=', '-p', String(pid)])).output
      : /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  const bytes = Number(kilobytes) * 1024;
  if (!Number.isFinite(bytes)) throw new Error(`process ${pid} has no memory to measure`);
  return bytes;
}

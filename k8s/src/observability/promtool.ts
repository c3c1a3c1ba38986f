import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../tools/promtool.sh');

/** Where promtool is; null where it cannot be had. */
export const promtool: string | null = find();

function find(): string | null {
  const { status, stdout } = spawnSync('sh', [script], { encoding: 'utf8', timeout: 120_000 });
  if (status === 0) return stdout.trim();
  process.emitWarning('checks of rules and metrics are skipped: there is no promtool, and no package of it');
  return null;
}

/** Runs promtool; gives whether it was content, and what it said. */
export function runPromtool(args: readonly string[], input = ''): { readonly ok: boolean; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(promtool ?? '', args, { encoding: 'utf8', input, timeout: 60_000 });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

import { execFileSync } from 'node:child_process';
import { toolPath } from '../tools/chart-tools.ts';
import { chartFolder } from './chart-folder.ts';

/** The chart's README as helm-docs writes it, from `README.md.gotmpl` and the comments of `values.yaml`. */
export function chartReadme(): string {
  const order = ['--sort-values-order', 'file', '--ignore-non-descriptions'];
  const args = ['--chart-search-root', chartFolder, '--dry-run', '--log-level', 'error', ...order];
  const written = execFileSync(toolPath('helm-docs'), args, { encoding: 'utf8' });
  return `${written.trim()}\n`;
}

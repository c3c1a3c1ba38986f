import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe } from '@jest/globals';

const INSTALLER = join(import.meta.dirname, '../../tools/install.sh');

/** What the chart's checks need of the machine: programs, and the folder of the schemas. */
export type ToolName = 'helm' | 'kubeconform' | 'kube-score' | 'helm-docs' | 'schemas';

const installed = new Map(
  execFileSync('sh', [INSTALLER, '--list'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
);

/** The path of what `tools/install.sh` installed; throws where it did not. */
export function toolPath(name: ToolName): string {
  const path = installed.get(name);
  if (path === undefined) throw new Error(`no ${name}: run k8s/tools/install.sh`);
  return path;
}

/** `describe` where all of these are installed, else `describe.skip`, loudly. */
export function describeWith(...names: readonly ToolName[]): typeof describe | typeof describe.skip {
  const missing = names.filter((name) => !installed.has(name));
  if (missing.length === 0) return describe;
  process.emitWarning(`checks of the chart are skipped: no ${missing.join(', no ')}; run k8s/tools/install.sh`);
  return describe.skip;
}

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

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

/** Which of these are not installed. */
export const missingTools = (names: readonly ToolName[]): readonly ToolName[] =>
  names.filter((name) => !installed.has(name));

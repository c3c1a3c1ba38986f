import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { at, listAt } from '../chart/manifest.ts';
import { type Rendered } from '../chart/render-chart.ts';
import { type Workload } from '../settings/service-settings.ts';

const dataSchema = z.record(z.string(), z.string());

/** The environment that a workload's ConfigMap gives it. */
export const envOf = (rendered: Rendered, workload: Workload): Record<string, string> =>
  dataSchema.parse(rendered.one('ConfigMap', workload)['data']);

/** Text of each secret file by its name. */
export type SecretFiles = Readonly<Record<string, string>>;

/**
 * The environment as the pod has it: what is mounted under `/etc/batch-gpt` is written below `folder` instead, and
 * only the files that the pod's volumes name.
 */
export function podEnv(
  rendered: Rendered,
  workload: Workload,
  files: SecretFiles,
  folder: string,
): Record<string, string> {
  const pod = at(rendered.one('Deployment', workload), 'spec.template.spec');
  const volume = listAt(pod, 'volumes').find((candidate) => at(candidate, 'name') === 'secrets');
  const sources = volume === undefined ? [] : listAt(volume, 'projected.sources');
  for (const source of sources) {
    const name = String(at(source, 'secret.items.0.path'));
    writeFile(join(folder, 'secrets', name), files[name] ?? '');
  }
  const env = envOf(rendered, workload);
  if (env['PRICES_FILE'] !== undefined)
    writeFile(join(folder, 'prices/prices.json'), String(at(rendered.one('ConfigMap', 'prices'), 'data')));
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace('/etc/batch-gpt', folder)]),
  );
}

function writeFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

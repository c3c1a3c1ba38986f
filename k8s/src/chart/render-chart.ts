import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { toolPath } from '../tools/chart-tools.ts';
import { chartFolder } from './chart-folder.ts';
import { type Manifest, parseManifest } from './manifest.ts';

/** Values of every shape that is supported, by the names of their files without `-values.yaml`. */
export const shapes: readonly string[] = readdirSync(join(chartFolder, 'ci'))
  .map((file) => file.replace(/-values\.yaml$/, ''))
  .toSorted();

/** Values as a user gives them. */
export type Values = Readonly<Record<string, unknown>>;

/** What to render. */
export interface RenderOptions {
  /** A shape to begin with, `default` unless told otherwise; null for the chart's own values alone. */
  readonly shape?: string | null;
  /** What comes on top. */
  readonly values?: Values;
  readonly args?: readonly string[];
  /** Another chart than ours: a folder or a package. */
  readonly chart?: string;
}

/** The text that helm renders, or what it says against the values. */
export function renderText(options: RenderOptions = {}): RenderedText {
  const { shape = 'default', values = {}, args = [], chart = chartFolder } = options;
  const files = shape === null ? [] : ['-f', join(chartFolder, `ci/${shape}-values.yaml`)];
  const command = ['template', 'batch-gpt', chart, '--namespace', 'batch-gpt', ...files, '-f', '-', ...args];
  const input = JSON.stringify(values);
  const { status, stdout, stderr } = spawnSync(toolPath('helm'), command, {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return status === 0 ? { text: stdout } : { refused: stderr };
}

export type RenderedText = { readonly text: string } | { readonly refused: string };

/** Every object that the chart makes of these values; throws what helm says where it refuses them. */
export function renderChart(options: RenderOptions = {}): Rendered {
  const rendered = renderText(options);
  if ('refused' in rendered) throw new Error(rendered.refused);
  const manifests = parseAllDocuments(rendered.text)
    .map((document) => document.toJS() as unknown)
    .filter((manifest) => manifest !== null)
    .map(parseManifest);
  return {
    manifests,
    ofKind: (kind) => manifests.filter((manifest) => manifest.kind === kind),
    one: (kind, name) => {
      const found = manifests.find(
        (manifest) => manifest.kind === kind && manifest.metadata.name === `batch-gpt-${name}`,
      );
      if (found === undefined) throw new Error(`no ${kind} batch-gpt-${name}`);
      return found;
    },
  };
}

/** Rendered objects, to look things up in. */
export interface Rendered {
  readonly manifests: readonly Manifest[];
  readonly ofKind: (kind: string) => readonly Manifest[];
  /** By kind, and name without the release's. */
  readonly one: (kind: string, name: string) => Manifest;
}

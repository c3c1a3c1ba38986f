import { join } from 'node:path';
import { chartFolder } from './chart/chart-folder.ts';
import { chartReadme } from './chart/chart-readme.ts';
import { exampleManifests } from './examples/example-manifests.ts';
import { dashboardFiles } from './observability/dashboards.ts';
import { chartSettings } from './settings/chart-settings.ts';
import { valuesSchema } from './settings/values-schema.ts';
import { type ToolName } from './tools/chart-tools.ts';

interface GeneratedFile {
  readonly path: string;
  readonly content: () => string;
}

/** Files of the chart that follow from the services' config schemas and metrics. */
export const settingsFiles: readonly GeneratedFile[] = [
  { path: join(chartFolder, 'files/settings.json'), content: chartSettings },
  { path: join(chartFolder, 'values.schema.json'), content: valuesSchema },
  ...dashboardFiles.map(({ name, text }) => ({ path: join(chartFolder, 'dashboards', name), content: () => text })),
];

/** Files that follow from the chart. */
export const renderedFiles: readonly GeneratedFile[] = [
  { path: join(chartFolder, 'README.md'), content: chartReadme },
  ...exampleManifests,
];

/** What rendering them takes. */
export const renderingTools: readonly ToolName[] = ['helm', 'helm-docs'];

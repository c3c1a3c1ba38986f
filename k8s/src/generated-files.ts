import { join } from 'node:path';
import { chartFolder } from './chart/chart-folder.ts';
import { chartSettings } from './settings/chart-settings.ts';
import { valuesSchema } from './settings/values-schema.ts';

interface GeneratedFile {
  readonly path: string;
  readonly content: () => string;
}

/** Files of the chart that follow from the services' config schemas. */
export const generatedFiles: readonly GeneratedFile[] = [
  { path: join(chartFolder, 'files/settings.json'), content: chartSettings },
  { path: join(chartFolder, 'values.schema.json'), content: valuesSchema },
];

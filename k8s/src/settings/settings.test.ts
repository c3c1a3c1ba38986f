import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { chartFolder } from '../chart/chart-folder.ts';
import { settingsFiles } from '../generated-files.ts';
import { valuesSchema } from './values-schema.ts';
import { allSettings, configurable, decidedByChart, secretEntries, workloads } from './service-settings.ts';

describe('the settings of the services', () => {
  it.each(settingsFiles.map(({ path, content }) => [path.slice(chartFolder.length + 1), path, content] as const))(
    'are in the chart as the services have them: %s (npm run write -w @batch-gpt/k8s)',
    (_name, path, content) => expect(readFileSync(path, 'utf8')).toBe(content()),
  );

  it('each have one place in the chart, and only those that there are', () => {
    const places = [
      ...configurable().map(({ name }) => name),
      ...Object.keys(decidedByChart),
      ...Object.values(secretEntries).map(({ setting }) => setting),
    ];
    expect(places.toSorted()).toEqual([...allSettings.keys()].toSorted());
  });

  it('are never secrets where they would stand in a ConfigMap', () => {
    expect(configurable().filter(({ isSecret }) => isSecret)).toEqual([]);
  });

  it('that several services read can only be given to all of them alike', () => {
    const own = workloads.map((workload) => configurable(workload).map(({ name }) => name));
    const several = own.flat().filter((name, index, all) => all.indexOf(name) !== index);
    expect([...new Set(several)].toSorted()).toEqual(['LOG_FORMAT', 'LOG_LEVEL']);
  });
});

const nodeSchema = z.looseObject({
  type: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

/** Paths of all fields of a closed schema; `config` is left out, whose fields are absent unless given. */
function schemaFields(schema: unknown, path = ''): readonly string[] {
  const { properties } = nodeSchema.parse(schema);
  if (properties === undefined || path.endsWith('.config') || path === '.config') return [path];
  return Object.entries(properties).flatMap(([name, inner]) => schemaFields(inner, `${path}.${name}`));
}

function valueFields(value: unknown, known: ReadonlySet<string>, path = ''): readonly string[] {
  if (known.has(path) || typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => valueFields(inner, known, `${path}.${name}`));
}

describe('values.yaml', () => {
  it('names every value of the schema, and no other', () => {
    const known = new Set(schemaFields(JSON.parse(valuesSchema())));
    const given = valueFields(parse(readFileSync(join(chartFolder, 'values.yaml'), 'utf8')), known);
    // `global` is Helm's own; claims are a part of resources that nobody needs.
    const spoken = [...known].filter((path) => path !== '.global' && !path.endsWith('.resources.claims'));
    expect(given.toSorted()).toEqual(spoken.toSorted());
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { documentedVariables, exampleVariables } from '@batch-gpt/testing';

describe('.env.example', () => {
  it('names only variables that are documented', () => {
    const documented = ['gateway', 'batcher', 'results'].map(documentedVariables).reduce((a, b) => a.union(b));
    expect([...exampleVariables().difference(documented)]).toEqual([]);
    expect(exampleVariables().size).toBeGreaterThan(5);
  });
});

describe('docs/architecture.md', () => {
  it('names files that are there', () => {
    const workspace = join(import.meta.dirname, '../../..');
    const text = readFileSync(join(workspace, 'docs/architecture.md'), 'utf8');
    const named = [...text.matchAll(/`((?:apps|libs)\/[\w./-]+)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(workspace, path)))).toEqual([]);
  });
});

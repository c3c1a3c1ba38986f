import { describe, expect, it } from '@jest/globals';
import { documentedVariables } from '@batch-gpt/testing';
import { resultsConfig } from './config.ts';

describe('docs/configuration.md', () => {
  it('lists exactly what the results reads', () => {
    const read = Object.values(resultsConfig).flatMap((section) => section.names);
    expect([...documentedVariables('results')].sort()).toEqual([...new Set(read)].sort());
  });
});

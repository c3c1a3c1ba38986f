import { describe, expect, it } from '@jest/globals';
import { documentedVariables, exampleVariables } from '@batch-gpt/testing';

describe('.env.example', () => {
  it('names only variables that are documented', () => {
    const documented = ['gateway', 'batcher', 'results'].map(documentedVariables).reduce((a, b) => a.union(b));
    expect([...exampleVariables().difference(documented)]).toEqual([]);
    expect(exampleVariables().size).toBeGreaterThan(5);
  });
});

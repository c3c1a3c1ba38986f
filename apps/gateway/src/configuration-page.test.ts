import { describe, expect, it } from '@jest/globals';
import { documentedVariables } from '@batch-gpt/testing';
import { gatewayConfig } from './config.ts';

describe('docs/configuration.md', () => {
  it('lists exactly what the gateway reads', () => {
    const read = Object.values(gatewayConfig).flatMap((section) => section.names);
    expect([...documentedVariables('gateway')].sort()).toEqual([...new Set(read)].sort());
  });
});

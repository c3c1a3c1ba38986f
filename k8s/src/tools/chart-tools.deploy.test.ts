import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { describeWith, toolPath } from './chart-tools.ts';

describeWith('helm')('the chart’s tools', () => {
  it('run', () => {
    expect(execFileSync(toolPath('helm'), ['version', '--short'], { encoding: 'utf8' })).toMatch(/^v4\./);
  });
});

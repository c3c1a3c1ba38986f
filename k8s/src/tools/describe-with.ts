import { describe } from '@jest/globals';
import { missingTools, type ToolName } from './chart-tools.ts';

/** `describe` where all of these are installed, else `describe.skip`, loudly. */
export function describeWith(...names: readonly ToolName[]): typeof describe | typeof describe.skip {
  const missing = missingTools(names);
  if (missing.length === 0) return describe;
  process.emitWarning(`checks of the chart are skipped: no ${missing.join(', no ')}; run k8s/tools/install.sh`);
  return describe.skip;
}

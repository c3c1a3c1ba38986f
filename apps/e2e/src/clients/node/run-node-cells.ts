// A program of its own, as the users of the client are: no test runner around it. Runs every cell of one version of the
// client, one after another, and prints a line of JSON for each.
import { inspect } from 'node:util';
import { cells } from '../cells.ts';
import type { CellReport } from '../run-cells.ts';
import { stackAddress } from '../stack-address.ts';
import { nodeCases } from './node-cases.ts';
import { createNodeKit } from './node-kit.ts';
import { sdks } from './sdks.ts';

const address = stackAddress.parse(JSON.parse(process.env['STACK_ADDRESS'] ?? ''));
const sdk = sdks.find(({ version }) => version === process.env['SDK_VERSION']);
if (sdk === undefined) throw new Error(`there is no version ${process.env['SDK_VERSION'] ?? ''}`);

for (const cell of cells) {
  const run = nodeCases[cell];
  if (run === undefined) continue;
  const report = (error: string | null): void => {
    const line: CellReport = { client: `openai ${sdk.version}`, cell, error };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  try {
    await run(createNodeKit(sdk, cell, address));
    report(null);
  } catch (error) {
    report(inspect(error, { depth: 4 }));
  }
}

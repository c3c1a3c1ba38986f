import { inspect } from 'node:util';
import { parseOptions } from './chaos/options.ts';
import { runChaos } from './chaos/run-chaos.ts';
import { summaryLines } from './chaos/summary.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
try {
  const report = await runChaos(parseOptions(process.argv.slice(2)), say);
  for (const line of summaryLines(report)) say(line);
  process.exitCode = report.isClean ? 0 : 1;
} catch (error) {
  // Node shows an error that was followed by others while everything was ended (SuppressedError) without them.
  process.stderr.write(`${inspect(error, { showHidden: true, depth: 5 })}\n`);
  process.exitCode = 1;
}

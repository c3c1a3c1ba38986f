import { demo } from './demo/demo.ts';
import { runCommand, type CommandContext } from './run-command.ts';
import { monitor } from './run/monitor.ts';
import { bench, chaos } from './run/run-main.ts';
import { simulator } from './run/simulator.ts';
import { start } from './run/start.ts';
import { verify } from './verify/verify.ts';

const commands: Readonly<Record<string, (context: CommandContext) => Promise<boolean>>> = {
  start,
  verify,
  demo,
  simulator,
  monitor,
  chaos,
  bench,
};

await runCommand(commands, process);

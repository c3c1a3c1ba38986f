import { chaos } from './chaos/chaos.ts';
import { demo } from './demo/demo.ts';
import { runCommand, type CommandContext } from './run-command.ts';
import { simulator } from './run/simulator.ts';
import { start } from './run/start.ts';
import { verify } from './verify/verify.ts';

const commands: Readonly<Record<string, (context: CommandContext) => Promise<boolean>>> = {
  start,
  verify,
  demo,
  simulator,
  chaos,
};

await runCommand(commands, process);

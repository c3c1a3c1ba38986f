import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RaceMessage, RaceTask } from './race-program.ts';

/** A child process that runs one task on a database file. */
export interface RaceProcess extends AsyncDisposable {
  /** Resolves once it has the file open. */
  readonly ready: Promise<unknown>;
  /** Lets it run; resolves with what it won. */
  go(): Promise<readonly string[]>;
  /** Lets it run and kills it with SIGKILL once it reported so many acknowledged keys; resolves with all it reported. */
  killAfter(count: number): Promise<ReadonlySet<string>>;
}

const program = fileURLToPath(new URL('./race-program.ts', import.meta.url));

export function startRaceProcess(file: string, task: RaceTask, index: number): RaceProcess {
  const child = fork(program, [file, task, String(index)], { execArgv: [], env: {} });
  const exited = once(child, 'exit');
  const next = (type: RaceMessage['type']) =>
    new Promise<RaceMessage>((resolve, reject) => {
      child.on('message', (message: RaceMessage) => {
        if (message.type === type) resolve(message);
      });
      child.once('exit', (code) => reject(new Error(`the child ended with ${String(code)}`)));
    });
  const ready = next('ready');

  return {
    ready,
    async go() {
      const won = next('won');
      child.send('go');
      const { keys } = await won;
      await exited;
      return keys;
    },
    async killAfter(count) {
      const acknowledged = new Set<string>();
      child.on('message', ({ type, keys }: RaceMessage) => {
        if (type !== 'acknowledged') return;
        for (const key of keys) acknowledged.add(key);
        if (acknowledged.size >= count) child.kill('SIGKILL');
      });
      child.send('go');
      await exited;
      return acknowledged;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

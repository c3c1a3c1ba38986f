import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { StackAddress } from './stack-address.ts';

const cellReport = z.object({ client: z.string(), cell: z.string(), error: z.string().nullable() });

/** What a program of cells prints for each: a line of JSON. */
export type CellReport = Readonly<z.infer<typeof cellReport>>;

/** A client in a process of its own that works through its cells. Disposing ends it. */
export interface CellRun extends AsyncDisposable {
  /** Resolves when this client's cell has passed, rejects with what it said when it failed or never came. */
  readonly passed: (client: string, cell: string) => Promise<void>;
  /** Resolves with everything it reported, once it has ended. */
  readonly all: Promise<readonly CellReport[]>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** What to run. */
export interface CellProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const errorCharacters = 4000;

/** Starts the program beside a stack; its reports are taken as they come. */
export function runCells({ command, args, env }: CellProgram, address: StackAddress): CellRun {
  const { PATH, HOME } = process.env;
  const child = spawn(command, args, {
    env: { PATH, HOME, ...env, STACK_ADDRESS: JSON.stringify(address) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  const complain = (text: string): void => {
    complaints = `${complaints}${text}`.slice(-errorCharacters);
  };
  child.stderr.setEncoding('utf8').on('data', complain);
  const reports: CellReport[] = [];
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const look of waiting) look();
  };
  createInterface(child.stdout).on('line', (line) => {
    const report = cellReport.safeParse(parsed(line));
    if (report.success) reports.push(report.data);
    else complain(`${line}\n`);
    tell();
  });
  let ended: string | null = null;
  const end = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended = error.message;
    });
    child.once('close', (code, signal) => {
      ended ??= `it ended with ${signal ?? String(code)}\n${complaints}`;
      resolve();
      tell();
    });
  });

  const passed = (client: string, cell: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const report = reports.find((one) => one.client === client && one.cell === cell);
        if (report === undefined && ended === null) return;
        waiting.delete(look);
        if (report === undefined) reject(new Error(`no report of this cell: ${ended ?? ''}`));
        else if (report.error !== null) reject(new Error(report.error));
        else resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    passed,
    all: end.then(() => reports),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await end;
    },
  };
}

/** Null for what is no JSON: some library may print. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

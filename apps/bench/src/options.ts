import { parseArgs } from 'node:util';

/** What `npm run bench -- …` asks for. */
export interface Options {
  /** Ids of benchmarks, in upper case; empty: all. */
  readonly ids: readonly string[];
  readonly quick: boolean;
  readonly store: 'sqlite' | 'mongo';
  readonly rounds: number;
  /** Folder for the reports. */
  readonly out: string;
}

/** Reads the words of the command line; throws with what is wrong with them. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      store: { type: 'string', default: 'sqlite' },
      rounds: { type: 'string', default: '3' },
      out: { type: 'string', default: 'reports/bench' },
    },
  });
  const { quick, store, out } = values;
  const rounds = Number(values.rounds);
  if (store !== 'sqlite' && store !== 'mongo') throw new Error(`--store is sqlite or mongo, not ${store}`);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20) throw new Error('--rounds is a number from 1 to 20');
  return { ids: positionals.map((id) => id.toUpperCase()), quick, store, rounds, out };
}

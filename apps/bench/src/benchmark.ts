import type { Finding } from './measure/finding.ts';

/** What a benchmark runs with. */
export interface BenchContext {
  /** Shorter and smaller: to see that it works, not to publish. */
  readonly quick: boolean;
  readonly store: 'sqlite' | 'mongo';
  readonly rounds: number;
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** One thing that is measured, with all that it needs started and ended inside `run`. */
export interface Benchmark {
  readonly id: string;
  readonly title: string;
  readonly run: (context: BenchContext) => Promise<readonly Finding[]>;
}

import { type Benchmark } from '../benchmark.ts';
import { cacheHit } from './p1-cache-hit.ts';
import { largeStore } from './large-store.ts';

/** All of them, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [cacheHit, largeStore];

// The results service's use case, for tests that run it in one process under a clock of their own.
export type { ResultsDeps } from './results-deps.ts';
export { settleBatch } from './settle-batch.ts';

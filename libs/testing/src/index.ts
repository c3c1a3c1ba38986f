export { type TestServer } from './servers/crashable-server.ts';
export { eventually, type EventuallyOptions } from './servers/eventually.ts';
export { residentBytes } from './servers/resident-bytes.ts';
export { spawnService, type SpawnServiceOptions, type TestService } from './servers/spawn-service.ts';
export { canTestMongo, startTestMongo } from './servers/test-mongo.ts';
export { startTestRedis } from './servers/test-redis.ts';
export { createManualClock, type ManualClock } from './fakes/create-manual-clock.ts';
export { createMemoryBudgets } from './fakes/create-memory-budgets.ts';
export { createMemoryProvider, type MemoryProvider, type ScriptedAnswer } from './fakes/create-memory-provider.ts';
export { createMemorySignals, type MemorySignals, type SeenSignals } from './fakes/create-memory-signals.ts';
export { createMemoryCallRates } from './fakes/create-memory-call-rates.ts';
export { createMemoryStores, type MemoryStores } from './fakes/create-memory-stores.ts';
export {
  sampleAccount,
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleIdempotency,
  sampleKey,
  sampleLedgerEntry,
  sampleOutcome,
  sampleOwnedId,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
  sampleSnapshot,
  sampleTenant,
  sampleTime,
} from './fakes/samples.ts';
export { documentedVariables, exampleVariables } from './documents/documented-variables.ts';

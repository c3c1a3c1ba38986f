export {
  defaultRecheckEvery,
  defaultRetention,
  keepUntil,
  shortestFailureTtl,
  type KeepUntil,
  type KeptRow,
  type Outcome,
  type Retention,
  type Usage,
} from './outcome.ts';
export type {
  Candidate,
  KeptOutcome,
  Member,
  MemberBody,
  NewRequest,
  RequestRecord,
  RequestSummary,
  Return,
  Settlement,
} from './request.ts';
export { applyMove, maxNote } from './apply-move.ts';
export { historyLimit, isLegalMove, openBatchStates } from './batch.ts';
export type {
  BatchChange,
  BatchRecord,
  BilledTotals,
  FailureCause,
  NamedLine,
  ProviderSnapshot,
  Transition,
  UnusedTokens,
} from './batch.ts';
export { failureOutcome } from './failure-outcome.ts';
export { newBatch } from './new-batch.ts';
export { createOldest, type Oldest } from './oldest.ts';
export {
  addSizes,
  noSizes,
  providerBatchLimits,
  reachedLimit,
  sizesOf,
  takeWhatFits,
  type BatchLimits,
  type TakenPrefix,
} from './batch-limits.ts';
export { batchLine, batchLineBytes } from './batch-line.ts';
export { defaultProtocolTimings, nextPollDelay, type ProtocolTimings } from './protocol-timings.ts';
export { maxLookupBytes, type LookedUp, type RequestStore } from './ports/request-store.ts';
export type { BatchExpectation, BatchMove, BatchStore } from './ports/batch-store.ts';
export type { IdempotencyRecord, IdempotencyStore } from './ports/idempotency-store.ts';
export type { OwnedId, OwnedIdStore } from './ports/owned-id-store.ts';
export type { StorePorts } from './ports/store-ports.ts';
export { changingMemberStates, fixedMemberStates } from './pending-members.ts';
export { checkRunAgain } from './check-run-again.ts';
export { checkPurge, maxPurgedKeys } from './check-purge.ts';
export { listingPage, rowsToRead, summaryOf } from './listing-page.ts';
export { checkOwnedIds, checkOwnedLookup, maxOwnedLookup, maxOwnedText } from './owned-id-limits.ts';
export type { ListingFilter, ListingPage, RequestListing } from './ports/request-listing.ts';
export type { OutcomeCache, PurgeFilter } from './ports/outcome-cache.ts';
export type {
  BatchProvider,
  LocalInputFile,
  ProviderContent,
  ProviderOf,
  SubmitAnswer,
} from './ports/batch-provider.ts';
export type { Budget, RateBudgets } from './ports/rate-budgets.ts';
export { fullBucket, pauseOf, refill, type TokenBucket } from './token-bucket.ts';
export type {
  AcceptedSignals,
  BatchNews,
  EndedSignals,
  HintCounters,
  OutcomeAnnouncer,
  WindowBells,
} from './ports/signals.ts';
export { maxSplitDepth, splitGroup } from './poison-search.ts';
export type { LiveProcesses } from './ports/live-processes.ts';
export type { Clock } from './ports/clock.ts';
export { endpointTable } from './endpoints/endpoint-table.ts';
export { estimateTokens } from './endpoints/estimate-tokens.ts';
export { referencedItems } from './endpoints/server-state.ts';
export { withModel } from './endpoints/with-model.ts';
export type { Endpoint, RequestBody } from './endpoints/endpoint.ts';
export { streamWish, type StreamWish } from './replay/stream-wish.ts';
export type { FailedStream, StreamEvent, StreamReplay } from './replay/stream-replay.ts';
export { classifyRow, isSuccessStatus, type RowClass } from './lines/classify-row.ts';
export { decideLine } from './lines/decide-line.ts';
export { countsAgree, decideMissing } from './lines/decide-missing.ts';
export { lineLimits, type LineContext, type LineDecision } from './lines/line-decision.ts';
export { readResultRow, type ResultRow } from './lines/read-result-row.ts';
export { takeCalls, type CallBucket } from './take-calls.ts';
export type { CallRate, CallRates, GrantedCalls } from './ports/call-rates.ts';
export { checkIncrements } from './check-increments.ts';
export {
  ledgerKinds,
  maxLedgerIncrements,
  type Ledger,
  type LedgerEntry,
  type LedgerFilter,
  type LedgerKind,
} from './ports/ledger.ts';
export type { BilledUsage, TenantUsage } from './ports/tenant-usage.ts';
export type { FailedLines, RunAgain } from './ports/failed-lines.ts';
export type { Place, RequestSearch } from './ports/request-search.ts';
export type { PendingGroup, SettledSum, WorkOverview } from './ports/work-overview.ts';
export { addSums, addUnused, lastStatus, noUnused } from './settled-sums.ts';
export { costOf, totalCost, type Cost, type PricedUsage, type TotalCost } from './pricing/cost-of.ts';
export { openAiPrices } from './pricing/openai-prices.ts';
export type { ModelPrice, PriceList, TokenPrice } from './pricing/price-list.ts';
export { priceOf } from './pricing/price-of.ts';
export { keepBodies, keepsBody, type KeepBodies } from './keep-bodies.ts';

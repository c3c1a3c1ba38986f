export {
  createStatusClient,
  type BatchQuery,
  type RequestQuery,
  type StatusClient,
  type StatusClientOptions,
  type UsageDays,
} from './create-status-client.ts';
export { type Follow, type StatusNews } from './follow-events.ts';
export { StatusError } from './status-error.ts';
export {
  ageOf,
  batchProgress,
  explainRequest,
  formatDuration,
  isFinal,
  ratesBetween,
  savingParts,
  savingsOf,
  windowLeft,
  windowProgress,
  type CountsThen,
  type Rates,
} from './summaries.ts';
export { batchOrders, filterRows, sortBatches, type BatchOrder } from './rows.ts';

export { accountId, batchId, modelName, requestKey, tenantId } from './ids.ts';
export type { AccountId, BatchId, RequestKey, TenantId } from './ids.ts';
export { batchEndpoint, type BatchEndpoint } from './endpoints.ts';
export { formatGroup, groupId, parseGroup, type Group, type GroupId } from './group.ts';
export {
  acceptedRequestsJob,
  closeTrigger,
  finishedBatchJob,
  lineSizes,
  maxKeysPerJob,
  openWindowJob,
  queueNames,
  sweepJob,
} from './jobs.ts';
export type {
  AcceptedRequestsJob,
  CloseTrigger,
  FinishedBatchJob,
  LineSizes,
  OpenWindowJob,
  SweepJob,
} from './jobs.ts';
export { liveProcess, type LiveProcess } from './live-process.ts';
export { batchNews, type BatchNewsMessage } from './batch-news.ts';
export { maxKeysPerEvent, outcomeEvent, type OutcomeEvent } from './outcome-event.ts';
export { batchState, finalProviderStatuses, knownProviderStatuses, requestState } from './states.ts';
export type { BatchState, RequestState } from './states.ts';
export { errorAnswer } from './error-answer.ts';
export { errorEnvelope, type ErrorEnvelope } from './openai/error-envelope.ts';
export { providerBatch, providerBatchError, providerBatchUsage, providerFile } from './openai/provider-batch.ts';
export type { ProviderBatch, ProviderBatchError, ProviderFile } from './openai/provider-batch.ts';
export { resultLine, type ResultLine } from './openai/result-line.ts';
export { usageReport, usageRow, type UsageReport, type UsageRow } from './usage-report.ts';
export { webhookReceipt } from './webhook-receipt.ts';
export { webhookEvent, type WebhookEvent } from './openai/webhook-event.ts';
export {
  requestObject,
  requestSummaryObject,
  type RequestEstimate,
  type RequestObject,
  type RequestSummaryObject,
  type TimelineEntry,
} from './request-object.ts';
export { batchList, requestList, type BatchList, type RequestList } from './list-object.ts';
export { modelList, modelObject } from './model-object.ts';
export { deletedResponse, responseObject, type ResponseObject } from './response-object.ts';
export { purgeOrder, purgeReport, type PurgeOrder, type PurgeReport } from './purge-order.ts';
export { batchObject, type BatchObject } from './batch-object.ts';
export { apiKeysFile, holdKind, servedMode } from './api-keys.ts';
export type {
  ApiKeyEntry,
  ApiKeysFile,
  HoldKind,
  KeyLimits,
  ServedMode,
  TenantEntry,
  TenantLimits,
} from './api-keys.ts';
export { pricesFile, type PricesFile } from './prices-file.ts';
export {
  operatorBatch,
  operatorBatchDetails,
  operatorCost,
  operatorFailure,
  operatorStep,
  type OperatorBatch,
  type OperatorBatchDetails,
  type OperatorCost,
  type OperatorFailure,
  type OperatorStep,
} from './operator/batch.ts';
export {
  operatorRequest,
  operatorRequestDetails,
  waitsFor,
  type OperatorRequest,
  type OperatorRequestDetails,
  type WaitsFor,
} from './operator/request.ts';
export {
  operatorBacklog,
  operatorGroup,
  operatorSnapshot,
  operatorWorker,
  type MoneyTotals,
  type OperatorBacklog,
  type OperatorGroup,
  type OperatorSnapshot,
  type OperatorWorker,
  type SettledTotals,
} from './operator/snapshot.ts';
export {
  auditEntry,
  flushOrder,
  flushReport,
  operatorAction,
  retryReport,
  type AuditEntry,
  type FlushOrder,
  type FlushReport,
  type OperatorAction,
  type RetryReport,
} from './operator/actions.ts';
export {
  operatorBatchPage,
  operatorRequestPage,
  type OperatorBatchPage,
  type OperatorRequestPage,
} from './operator/pages.ts';
export { operatorEvent, type OperatorEvent } from './operator/events.ts';
export { operatorSettings, type OperatorSettings, type SettingInForce } from './operator/settings.ts';
export { exportedRows, operatorUsage, type OperatorUsage } from './operator/money.ts';
export {
  dashboardSession,
  loginOrder,
  operatorSeries,
  seriesRange,
  seriesRanges,
  type DashboardSession,
  type OperatorSeries,
  type SeriesPoint,
  type SeriesRange,
} from './operator/series.ts';

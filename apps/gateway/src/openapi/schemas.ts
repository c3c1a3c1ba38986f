import {
  batchList,
  batchObject,
  deletedResponse,
  errorAnswer,
  errorEnvelope,
  flushOrder,
  flushReport,
  modelList,
  modelObject,
  operatorBatch,
  operatorBatchDetails,
  operatorBatchPage,
  operatorRequest,
  operatorRequestDetails,
  operatorRequestPage,
  exportedRows,
  operatorBacklog,
  operatorSeries,
  operatorSnapshot,
  operatorSettings,
  operatorUsage,
  purgeOrder,
  purgeReport,
  requestList,
  requestObject,
  requestSummaryObject,
  responseObject,
  retryReport,
  usageReport,
  webhookEvent,
  webhookReceipt,
  type BatchEndpoint,
} from '@batch-gpt/contracts';
import { endpointTable, type Endpoint } from '@batch-gpt/domain';
import { z } from 'zod';

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What batched endpoints take, by the names in the document. */
export const bodyNames = {
  '/v1/chat/completions': 'ChatCompletionBody',
  '/v1/responses': 'ResponseBody',
  '/v1/embeddings': 'EmbeddingBody',
  '/v1/completions': 'CompletionBody',
  '/v1/moderations': 'ModerationBody',
  '/v1/images/generations': 'ImageBody',
} as const satisfies Readonly<Record<BatchEndpoint, string>>;

const newestFirst = 'newest first: `last_id` is the `after` of the next page, where `has_more` says that there is one.';

const operatorTimes = 'Times are Unix seconds, with milliseconds as their fraction.';
const operatorNext = '`next` is the `after` of the page that follows; a page may be short though more follow.';

/** Everything else that is sent and answered, with what it is. */
const objects = {
  ProviderAnswer: [z.looseObject({}), "The provider's answer as it came, whatever it holds."],
  Request: [requestObject, 'Where a request is; times are Unix seconds.'],
  RequestSummary: [requestSummaryObject, 'A request as a list shows it; times are Unix seconds.'],
  RequestList: [requestList, `A page of requests, ${newestFirst}`],
  Response: [responseObject, "A background response: OpenAI's object under an id of ours."],
  DeletedResponse: [deletedResponse, 'A response that is known no more.'],
  Batch: [batchObject, "OpenAI's batch object under an id of ours; `metadata.provider_batch_id` names OpenAI's."],
  BatchList: [batchList, `A page of batches, ${newestFirst}`],
  UsageReport: [usageReport, 'Usage by day and model, of one tenant, in US dollars.'],
  Model: [modelObject, 'A model as the provider describes it.'],
  ModelList: [modelList, 'Every model that the API key may use, on one page.'],
  WebhookEvent: [webhookEvent, 'What the provider says; only news of batches mean anything here.'],
  WebhookReceipt: [webhookReceipt, 'The news was received.'],
  PurgeOrder: [purgeOrder, 'Which stored answers go: everything given has to hold, and `all` stands alone.'],
  PurgeReport: [purgeReport, 'How many went; `has_more`: the same order again goes on.'],
  OperatorBacklog: [operatorBacklog, 'What services are scaled by.'],
  OperatorSettings: [operatorSettings, 'What processes run with.'],
  OperatorUsage: [operatorUsage, 'Usage by tenant, day and model, in US dollars.'],
  ExportedRows: [exportedRows, 'Rows whose names are the columns of the CSV.'],
  OperatorSeries: [operatorSeries, `What settled lately. ${operatorTimes}`],
  OperatorSnapshot: [operatorSnapshot, `Everything that matters now. ${operatorTimes}`],
  OperatorRequest: [operatorRequest, 'A request of any tenant; times are whole Unix seconds.'],
  OperatorRequestPage: [operatorRequestPage, `A page of requests. ${operatorNext}`],
  OperatorRequestDetails: [operatorRequestDetails, 'Where a request is, and what it waits for; no prompt, no answer.'],
  OperatorBatch: [operatorBatch, `A batch of any tenant. ${operatorTimes}`],
  OperatorBatchPage: [operatorBatchPage, `A page of batches. ${operatorNext}`],
  OperatorBatchDetails: [operatorBatchDetails, `A batch with its timeline and errors. ${operatorTimes}`],
  FlushOrder: [flushOrder, 'Which group: the `id` of one in the snapshot.'],
  FlushReport: [flushReport, 'How many waited, counted no further than 1,000.'],
  RetryReport: [retryReport, 'What became of the failed lines; `next` is the `after` of the call that goes on.'],
  OpenApiDocument: [z.looseObject({ openapi: z.string() }), 'An OpenAPI document.'],
  Error: [errorAnswer, "OpenAI's error object."],
  ProviderError: [errorEnvelope, 'An error of ours, or what the provider says to a call, in the same form.'],
} as const satisfies Readonly<Record<string, readonly [z.ZodType, string]>>;

export type SchemaName = keyof typeof objects | (typeof bodyNames)[BatchEndpoint];

/** What may be sent; an integer's own limits, which every parser of doubles has, say nothing. */
const how = {
  io: 'input',
  override: ({ jsonSchema }: { jsonSchema: JsonSchema }) => {
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
} as const;

/** The schemas as components of the document, by their names. */
export function schemaComponents(): Readonly<Record<string, JsonSchema>> {
  const registry = z.registry<{ id: string }>();
  const endpoints = Object.values(endpointTable);
  for (const { path, schema } of endpoints) registry.add(schema, { id: bodyNames[path] });
  for (const [id, [schema]] of Object.entries(objects)) registry.add(schema, { id });
  const made: Readonly<Record<string, JsonSchema>> = z.toJSONSchema(registry, { ...how, uri: refTo }).schemas;
  return Object.fromEntries([
    ...endpoints.map((endpoint) => [bodyNames[endpoint.path], bodySchema(endpoint, made[bodyNames[endpoint.path]])]),
    ...Object.entries(objects).map(([id, [, description]]) => [id, { description, ...bare(made[id]) }]),
  ]) as Readonly<Record<string, JsonSchema>>;
}

/** Refers to a component. */
export const refTo = (name: string): string => `#/components/schemas/${name}`;

/** The schema of a parameter, in place. */
export const inlineSchema = (schema: z.ZodType): JsonSchema => bare(z.toJSONSchema(schema, how));

/** A body is checked once it has its endpoint's own model, so its caller may leave that out. */
function bodySchema({ defaultModel }: Endpoint, made: JsonSchema | undefined): JsonSchema {
  const description = 'Fields that are not named here reach the provider as they came.';
  const schema = { description, ...bare(made) };
  if (defaultModel === null) return schema;
  const { required = [], properties = {} } = made ?? {};
  const model = { ...Object(properties['model']), default: defaultModel } as JsonSchema;
  return { ...schema, properties: { ...properties, model }, required: required.filter((name) => name !== 'model') };
}

/** The document says once which dialect it is in, and where its components are. */
function bare({ $schema: _dialect, $id: _id, ...schema }: JsonSchema = {}): JsonSchema {
  return schema;
}

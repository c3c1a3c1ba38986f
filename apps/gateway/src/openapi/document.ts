import { answerHeaders, type AnswerHeader } from './answer-headers.ts';
import { errorAnswers, providerError } from './error-answers.ts';
import {
  type DocumentedAnswer,
  type DocumentedContent,
  type DocumentedOperation,
  type DocumentedParameter,
  type OpenApiDocument,
} from './documented.ts';
import { tags, type Answer, type CallerKind, type Operation, type Parameter } from './operation.ts';
import { batchOperations } from './operations/batch-operations.ts';
import { batchedOperations } from './operations/batched-operations.ts';
import { operatorOperations } from './operations/operator-operations.ts';
import { otherOperations } from './operations/other-operations.ts';
import { requestOperations } from './operations/request-operations.ts';
import { responseOperations } from './operations/response-operations.ts';
import { usageOperations } from './operations/usage-operations.ts';
import { requestIdHeader } from './request-parameters.ts';
import { inlineSchema, refTo, schemaComponents, type JsonSchema } from './schemas.ts';

/** Every route that is ours, in the order of the document. */
export const operations: readonly Operation[] = [
  ...batchedOperations,
  ...requestOperations,
  ...responseOperations,
  ...batchOperations,
  ...usageOperations,
  ...otherOperations,
  ...operatorOperations,
];

/** Describes the whole API, whatever of it is switched on; made of the schemas that validate. */
export function createDocument(): OpenApiDocument {
  return {
    openapi: '3.1.1',
    info: {
      title: 'batch-gpt',
      version: '0.1.0',
      description:
        "OpenAI's API in front, its Batch API behind. With `RELAY=on` everything else under `/v1` is forwarded to the provider. " +
        'Every path that answers GET answers HEAD too. Errors have one form, and their codes say whose move is next.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: pathsOf(operations),
    components: {
      schemas: schemaComponents(),
      headers: Object.fromEntries(Object.entries(answerHeaders).map(([name, says]) => [name, headerOf(says)])),
      parameters: { [requestIdHeader.name]: parameterOf(requestIdHeader) },
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key of a tenant; a gateway without keys takes any.',
        },
        azureKey: { type: 'apiKey', in: 'header', name: 'api-key', description: 'The same key, as Azure has it.' },
        adminToken: {
          type: 'http',
          scheme: 'bearer',
          description: '`ADMIN_TOKEN`; without one, callers on the same machine.',
        },
      },
    },
  };
}

function pathsOf(all: readonly Operation[]): OpenApiDocument['paths'] {
  const byPath = Map.groupBy(all, ({ path }) => path);
  return Object.fromEntries(
    [...byPath].map(([path, there]) => [path, Object.fromEntries(there.map((one) => [one.method, operationOf(one)]))]),
  );
}

function operationOf(operation: Operation): DocumentedOperation {
  const { id, tag, summary, description, caller, parameters = [], body } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: securityOf(caller),
    parameters: [...parameters.map(parameterOf), { $ref: `#/components/parameters/${requestIdHeader.name}` }],
    ...(body !== undefined && { requestBody: { required: true, content: jsonOf({ $ref: refTo(body) }) } }),
    responses: { ...successes(operation), ...failures(operation) },
  };
}

function securityOf(caller: CallerKind): DocumentedOperation['security'] {
  switch (caller) {
    case 'tenant':
      return [{ apiKey: [] }, { azureKey: [] }];
    case 'operator':
      return [{ adminToken: [] }];
    case 'provider':
    case 'anybody':
      return [];
  }
}

const parameterOf = ({ name, in: place, required = false, description, schema }: Parameter): DocumentedParameter => ({
  name,
  in: place,
  required,
  description,
  schema: inlineSchema(schema),
});

const headerOf = (description: string): OpenApiDocument['components']['headers'][string] => ({
  description,
  schema: { type: 'string' },
});

type Answers = DocumentedOperation['responses'];

const successes = ({ answers }: Operation): Answers =>
  Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, successOf(answer)]));

function successOf({ description, headers = [], json, events = false, csv = false }: Answer): DocumentedAnswer {
  const content: DocumentedContent = {
    ...(json !== undefined && jsonOf(oneOf(json))),
    ...(csv && { 'text/csv': { schema: { type: 'string', description: 'A line of names, then one for each row.' } } }),
    ...(events && { 'text/event-stream': { schema: { type: 'string', description: eventStream } } }),
  };
  return { description, headers: headersOf(headers), ...(Object.keys(content).length > 0 && { content }) };
}

const oneOf = ([ours, providers]: NonNullable<Answer['json']>): JsonSchema =>
  providers === undefined ? { $ref: refTo(ours) } : { anyOf: [{ $ref: refTo(ours) }, { $ref: refTo(providers) }] };

const eventStream =
  "Comments while there is nothing to say, then the endpoint's own events; an error comes as the event that OpenAI's SDKs raise.";

function failures(operation: Operation): Answers {
  const ours = [...errorAnswers(operation)].map(([status, { codes, headers, schema }]) => {
    const description = `${codes.map((code) => `\`${code}\``).join(', ')}.`;
    return [String(status), { description, headers: headersOf(headers), content: jsonOf(schema) }];
  });
  return {
    ...(Object.fromEntries(ours) as Answers),
    ...(operation.mayFailAtProvider === true && { default: elsewhere(operation) }),
  };
}

const headersOf = (names: readonly AnswerHeader[]): DocumentedAnswer['headers'] =>
  Object.fromEntries([...names, 'X-Request-Id'].map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const jsonOf = (schema: JsonSchema): DocumentedContent => ({ 'application/json': { schema } });

const elsewhere = ({ errorHeaders = [] }: Operation): DocumentedAnswer => ({
  description: 'What the provider says to this call, with its status and in its words.',
  headers: headersOf([...errorHeaders, 'X-Should-Retry']),
  content: jsonOf(providerError),
});

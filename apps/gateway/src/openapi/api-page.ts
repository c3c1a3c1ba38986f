import {
  type DocumentedAnswer,
  type DocumentedOperation,
  type DocumentedParameter,
  type OpenApiDocument,
} from './documented.ts';
import { markdownTable } from './markdown-table.ts';
import { fieldRows, linkTo, typeWords } from './schema-words.ts';
import { type JsonSchema } from './schemas.ts';

/** The document as a page for people. */
export function apiPage({ info, tags, paths, components }: OpenApiDocument): string {
  const once = createOnce();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ title: `\`${method.toUpperCase()} ${path}\``, operation })),
  );
  const groups = tags.flatMap(({ name, description }) => [
    `## ${name}`,
    description,
    ...operations
      .filter(({ operation }) => operation.tags.includes(name))
      .flatMap(({ title, operation }) => [`### ${title}`, ...operationParts(operation, title, once)]),
  ]);
  const blocks = [
    '# API',
    'Every route that the gateway serves itself. `GET /openapi.json` answers the same as an OpenAPI 3.1 document, and this page ' +
      'is written from it by `npm run api-page -w @batch-gpt/gateway`; a test compares them.',
    info.description,
    'Tenants send `Authorization: Bearer` with their API key, or the key as `api-key`; operators send the admin token. ' +
      'What each error code means, and when a call is worth repeating: [errors.md](errors.md). What each batched endpoint ' +
      'shares and streams: [endpoints.md](endpoints.md).',
    ...groups,
    '## Headers of answers',
    'Every answer has `X-Request-Id`, every error `X-Should-Retry`.',
    markdownTable(
      ['Header', 'What'],
      Object.entries(components.headers).map(([name, { description }]) => [`\`${name}\``, description]),
    ),
    '## Objects',
    ...Object.entries(components.schemas).flatMap(([name, schema]) => [`### ${name}`, ...objectParts(schema)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function operationParts(
  { summary, description = '', security, parameters, requestBody, responses }: DocumentedOperation,
  title: string,
  once: Once,
): readonly string[] {
  const rows = parameters.flatMap((each) => ('name' in each ? [parameterRow(each)] : []));
  return [
    [summary, description, whoCalls(security)].filter((text) => text !== '').join(' '),
    ...(requestBody === undefined ? [] : [`Body: ${bodyWords(requestBody)}.`]),
    ...(rows.length === 0 ? [] : [once(title, 'Parameters', markdownTable(['Parameter', 'In', 'Type', 'What'], rows))]),
    once(title, 'Answers', markdownTable(['Status', 'Answer'], answerRows(responses))),
  ];
}

const answerRows = (responses: DocumentedOperation['responses']) =>
  Object.entries(responses).map(([status, answer]) => [status === 'default' ? 'others' : status, answerWords(answer)]);

/** Gives a text the first time, then where it stands. */
type Once = (title: string, what: string, text: string) => string;

function createOnce(): Once {
  const seen = new Map<string, string>();
  return (title, what, text) => {
    const first = seen.get(text);
    seen.set(text, first ?? title);
    return first === undefined ? text : `${what}: as for ${first}.`;
  };
}

const parameterRow = ({ name, in: place, required, description, schema }: DocumentedParameter): readonly string[] => [
  `\`${name}\``,
  place === 'path' || !required ? place : `${place}, required`,
  typeWords(schema),
  description,
];

function whoCalls(security: DocumentedOperation['security']): string {
  if (security.length === 0) return 'Needs no key.';
  return security.some((one) => 'adminToken' in one) ? 'For operators.' : '';
}

function answerWords({ description, headers, content = {} }: DocumentedAnswer): string {
  // What errors have in common is said once.
  const isError = headers['X-Should-Retry'] !== undefined;
  if (isError) return description;
  const bodies = Object.entries(content).map(([type, { schema }]) =>
    type === json ? typeWords(schema) : `\`${type}\``,
  );
  const names = Object.keys(headers).filter((name) => name !== 'X-Request-Id');
  return [
    description,
    ...(bodies.length === 0 ? [] : [`${bodies.join(', or ')}.`]),
    ...(names.length === 0 ? [] : [`With ${names.map((name) => `\`${name}\``).join(', ')}.`]),
  ].join(' ');
}

const json = 'application/json';

const bodyWords = ({ content }: NonNullable<DocumentedOperation['requestBody']>): string =>
  linkTo(content[json]?.schema.$ref ?? '');

function objectParts(schema: JsonSchema): readonly string[] {
  const rows = fieldRows(schema).map(({ name, type, required, says }) => [
    `\`${name}\``,
    type,
    required ? 'yes' : '',
    says,
  ]);
  const { description = '' } = schema;
  return rows.length === 0 ? [description] : [description, markdownTable(['Field', 'Type', 'Required', 'What'], rows)];
}

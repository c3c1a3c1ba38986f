import OpenAI, { toFile } from 'openai';
import { type Simulator } from '../create-simulator.ts';
import { isObject, type JsonObject } from '../json.ts';

/** An SDK client of a simulator, without retries. */
export const clientOf = (simulator: Simulator): OpenAI =>
  new OpenAI({ apiKey: 'sk-test', baseURL: simulator.baseUrl, maxRetries: 0 });

/** Uploads lines as a batch input; a string goes as it is. */
export async function upload(client: OpenAI, lines: readonly (JsonObject | string)[]): Promise<string> {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const file = await client.files.create({
    purpose: 'batch',
    file: await toFile(Buffer.from(`${text}\n`), 'input.jsonl'),
  });
  return file.id;
}

/** Uploads lines and creates a chat batch of them. */
export async function submit(client: OpenAI, lines: readonly (JsonObject | string)[]): Promise<OpenAI.Batch> {
  return client.batches.create({
    input_file_id: await upload(client, lines),
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
}

/** Polls a batch until it has one of the statuses; a batch that ends otherwise is an error. */
export async function reach(client: OpenAI, id: string, ...statuses: string[]): Promise<OpenAI.Batch> {
  const final = ['completed', 'failed', 'expired', 'cancelled'];
  for (;;) {
    const batch = await client.batches.retrieve(id);
    if (statuses.includes(batch.status)) return batch;
    if (final.includes(batch.status)) throw new Error(`the batch is ${batch.status}: ${JSON.stringify(batch.errors)}`);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    setTimeout(() => resolve(undefined), 5);
    await promise;
  }
}

/** A result row, as far as tests look at it. */
export interface Row {
  readonly id: string;
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly body: JsonObject } | null;
  readonly error: { readonly code: string } | null;
}

/** The rows of a result file, none for an absent one. */
export async function rowsOf(client: OpenAI, fileId: string | null | undefined): Promise<Row[]> {
  if (fileId === null || fileId === undefined || fileId === '') return [];
  const text = await (await client.files.content(fileId)).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** Calls one of the simulator's own routes. */
export async function control(simulator: Simulator, method: string, path: string, body?: unknown): Promise<JsonObject> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${simulator.url}/simulator${path}`, { method, ...sent });
  const answer: unknown = await response.json();
  if (!response.ok || !isObject(answer))
    throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

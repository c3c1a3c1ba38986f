import { createHash } from 'node:crypto';
import { type JsonObject } from '../json.ts';
import { createRandom } from '../random.ts';
import { type RequestFacts } from './request-facts.ts';
import { tokensIn, type Usage } from './usage.ts';

const widths: Readonly<Record<string, number>> = { 'text-embedding-3-large': 3072 };
const usualWidth = 1536;

/** One unit vector an input, a function of model, width and that input alone. */
export function embeddingAnswer(facts: RequestFacts): { body: JsonObject; usage: Usage } {
  const inputs = embeddingInputs(facts.body['input']);
  const asked = facts.body['dimensions'];
  const width = typeof asked === 'number' ? asked : (widths[facts.model] ?? usualWidth);
  const asText = facts.body['encoding_format'] === 'base64';
  const data = inputs.map((input, index) => {
    const vector = unitVector(`${facts.model}\n${JSON.stringify(input)}`, width);
    return { object: 'embedding', index, embedding: asText ? base64(vector) : Array.from(vector) };
  });
  const tokens = inputs.reduce((sum: number, input) => sum + inputTokens(input), 0);
  return {
    usage: { input: tokens, cached: 0, output: 0, reasoning: 0 },
    body: { object: 'list', data, model: facts.model, usage: { prompt_tokens: tokens, total_tokens: tokens } },
  };
}

/** The single inputs of an embeddings call: a text, a list of texts, a list of tokens, or a list of such lists. */
export function embeddingInputs(input: unknown): unknown[] {
  return Array.isArray(input) && typeof input[0] !== 'number' ? (input as unknown[]) : [input];
}

const inputTokens = (input: unknown): number =>
  Array.isArray(input) ? input.length : tokensIn(typeof input === 'string' ? input : '');

function unitVector(seedText: string, width: number): Float32Array {
  const random = createRandom(createHash('sha256').update(seedText).digest().readUInt32LE(0));
  const raw = Float64Array.from({ length: width }, () => random() * 2 - 1);
  const norm = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(raw, (value) => value / norm);
}

/** Little-endian 32-bit floats, as the SDKs expect of `encoding_format: base64`. */
function base64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}

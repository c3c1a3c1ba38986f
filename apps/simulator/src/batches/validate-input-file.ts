import { type FileHandle } from 'node:fs/promises';
import { scanLines } from '../files/scan-lines.ts';
import { tokensIn } from '../answers/usage.ts';
import { type BatchEndpoint } from '../endpoints.ts';
import { type ModelCatalogue } from '../models.ts';
import { type BatchError } from './batch.ts';
import { type FileFacts, validateLine } from './validate-line.ts';

/** The provider's limit on the lines of one input file. */
export const maxLines = 50_000;
const maxEmbeddingInputs = 50_000;

/** Where a good file's lines are: `starts[i]` to `starts[i + 1] − 1`, the newline. */
export interface LineIndex {
  readonly starts: Float64Array;
  readonly lines: number;
}

/** What validation knows of a good file. */
export interface InputIndex extends LineIndex {
  readonly model: string;
  /** Estimated prompt tokens of all lines, for the enqueued-token limit. */
  readonly tokens: number;
}

/** A file's validation: all errors, or an index of a file without any. */
export type Validation =
  | { readonly ok: true; readonly index: InputIndex; readonly received: number }
  | { readonly ok: false; readonly errors: readonly BatchError[]; readonly received: number };

interface Target {
  readonly endpoint: BatchEndpoint;
  readonly models: ModelCatalogue;
  /** Looked at between chunks: true ends the scan at once, with a result that nobody will use. */
  readonly stop: () => boolean;
}

const global = (code: string, message: string): BatchError => ({ code, message, param: null, line: null });

/** Checks every line of an input file in one pass; keeps an offset and a custom id of each line and nothing else. */
export async function validateInputFile(file: FileHandle, target: Target): Promise<Validation> {
  const facts: FileFacts = {
    endpoint: target.endpoint,
    models: target.models,
    customIds: new Set(),
    model: null,
    embeddingInputs: 0,
  };
  const starts = new Float64Array(maxLines + 1);
  const errors: BatchError[] = [];
  let lines = 0;
  let tokens = 0;
  let end = 0;
  for await (const scanned of scanLines(file)) {
    if (target.stop()) break;
    for (const { start, bytes } of scanned) {
      if (lines === maxLines) return tooManyLines(lines);
      starts[lines] = start;
      lines += 1;
      end = start + bytes.length + 1;
      const text = bytes.toString('utf8');
      tokens += tokensIn(text);
      const found = validateLine(text, facts);
      if (found !== null) errors.push({ ...found, line: lines });
    }
  }
  starts[lines] = end;
  if (lines === 0) errors.push(global('empty_file', 'The input file has no lines.'));
  if (facts.embeddingInputs > maxEmbeddingInputs) {
    errors.push(global('too_many_embedding_inputs', `At most ${maxEmbeddingInputs} embedding inputs per batch.`));
  }
  if (errors.length > 0 || facts.model === null) return { ok: false, errors, received: lines };
  const index = { starts: starts.slice(0, lines + 1), lines, model: facts.model, tokens };
  return { ok: true, index, received: lines };
}

/** The provider's own code is not known; this is the one its sister service uses. */
const tooManyLines = (received: number): Validation => ({
  ok: false,
  received,
  errors: [global('too_many_tasks', `The input file has more than ${maxLines} lines.`)],
});

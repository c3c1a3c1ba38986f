import type { LineSizes } from '@batch-gpt/contracts';
import type { Candidate } from './request.ts';

/** What one batch may hold. */
export interface BatchLimits {
  readonly lines: number;
  /** Bytes of the input file. */
  readonly bytes: number;
  /** Embedding inputs summed over all lines. */
  readonly inputs: number;
  /** Estimated prompt tokens, where they are limited. */
  readonly tokens?: number;
}

/** OpenAI's limits: 50,000 lines, 200 MB (decimal or binary is not said, so 190,000,000 bytes), 50,000 embedding inputs. */
export const providerBatchLimits: BatchLimits = { lines: 50_000, bytes: 190_000_000, inputs: 50_000 };

export const noSizes: LineSizes = { lines: 0, bytes: 0, tokens: 0, inputs: 0 };

/** What one request adds to a batch. */
export function sizesOf(candidate: Pick<Candidate, 'lineBytes' | 'tokens' | 'inputs'>): LineSizes {
  return { lines: 1, bytes: candidate.lineBytes, tokens: candidate.tokens, inputs: candidate.inputs };
}

export function addSizes(a: LineSizes, b: LineSizes): LineSizes {
  return {
    lines: a.lines + b.lines,
    bytes: a.bytes + b.bytes,
    tokens: a.tokens + b.tokens,
    inputs: a.inputs + b.inputs,
  };
}

/** Which limit a collection of requests has reached, or null while there is room. */
export function reachedLimit(sizes: LineSizes, limits: BatchLimits): 'lines' | 'bytes' | 'inputs' | null {
  if (sizes.lines >= limits.lines) return 'lines';
  if (sizes.bytes >= limits.bytes) return 'bytes';
  if (sizes.inputs >= limits.inputs) return 'inputs';
  return null;
}

/**
 * The longest prefix of `candidates` that still fits after `taken`. An empty batch takes one line of any size: limits
 * may be set below what was accepted, and a line that fits nowhere would hold up its whole group for ever.
 */
export function takeWhatFits(candidates: readonly Candidate[], taken: LineSizes, limits: BatchLimits): TakenPrefix {
  let sizes = taken;
  const fitting: Candidate[] = [];
  for (const candidate of candidates) {
    const next = addSizes(sizes, sizesOf(candidate));
    const fits = fitsIn(next, limits);
    if (!fits && sizes.lines > 0) break;
    sizes = next;
    fitting.push(candidate);
  }
  return { fitting, sizes, full: fitting.length < candidates.length };
}

function fitsIn(sizes: LineSizes, { lines, bytes, inputs, tokens = Infinity }: BatchLimits): boolean {
  return sizes.lines <= lines && sizes.bytes <= bytes && sizes.inputs <= inputs && sizes.tokens <= tokens;
}

export interface TakenPrefix {
  readonly fitting: readonly Candidate[];
  readonly sizes: LineSizes;
  /** At least one candidate was left because it did not fit. */
  readonly full: boolean;
}

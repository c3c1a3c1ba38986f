import { type Usage } from '@batch-gpt/domain';

/**
 * How much of an answer's end is kept: its `usage` comes last or nearly so, and after that of a response at most sixteen
 * pairs of metadata, whose texts may be written with escapes six times as long.
 */
const keptBytes = 128 * 1024;

/** Looks for the `usage` of an answer that passes by, in JSON or in events. */
export interface UsageScanner {
  push(chunk: Uint8Array): void;
  /** To be asked at the end; null where the answer says nothing of it, or not in the form of its endpoint. */
  usage(): Usage | null;
}

/** `readUsage` is that of the endpoint; memory is bounded, however long the answer. */
export function createUsageScanner(readUsage: (answer: unknown) => Usage | null): UsageScanner {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  return {
    push: (chunk) => {
      kept.push(chunk);
      bytes += chunk.length;
      if (bytes < 2 * keptBytes) return;
      const end = Buffer.concat(kept).subarray(-keptBytes);
      // A copy: a part of a buffer would keep all of it.
      kept = [Buffer.from(end)];
      bytes = end.length;
    },
    usage: () => {
      const usage = lastUsage(Buffer.concat(kept).toString('utf8'));
      return usage === null ? null : readUsage({ usage });
    },
  };
}

/** Within a text its quotes would be escaped, so what looks like the member is the member. */
const member = /(?<!\\)"usage"\s*:\s*(?=\{)/g;

function lastUsage(text: string): unknown {
  const last = [...text.matchAll(member)].at(-1);
  if (last === undefined) return null;
  const from = last.index + last[0].length;
  const end = endOfObject(text, from);
  if (end === null) return null;
  try {
    return JSON.parse(text.slice(from, end));
  } catch {
    // An answer that is no JSON names no usage.
    return null;
  }
}

/** Where the object that begins at `from` is over. The strings of a usage hold no braces. */
function endOfObject(text: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return null;
}

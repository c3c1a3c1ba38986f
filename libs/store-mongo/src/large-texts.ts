/*
 * Texts too large for their row. Written first, to a file of their own; then the row is written and refers to it. A
 * row's move never touches a file: whoever loses the race, dies in between or replaces a text leaves a file that no row
 * refers to, and `sweep-texts.ts` removes it later. No row refers to a file anew once a while has passed.
 */
import type { RequestKey } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import type { TextFiles, TextRef } from './text-files.ts';
import { fitsRow } from './text-limit.ts';

export interface LargeTexts {
  /** Writes those texts that do not fit their row; gives their places by their position in `texts`. */
  readonly keep: (
    texts: readonly { readonly key: RequestKey; readonly body: string }[],
  ) => Promise<ReadonlyMap<number, TextRef>>;
  /** The text that this key's row refers to; only within {@link readWithTexts}. */
  readonly read: (key: RequestKey, ref: TextRef) => Promise<string>;
}

// Well under the hour that an unreferenced file is left alone for.
const maxWritingMs = 20 * 60_000;

export function createLargeTexts(files: Pick<TextFiles, 'write' | 'read'>, now = Date.now): LargeTexts {
  return {
    keep: async (texts) => {
      const refs = new Map<number, TextRef>();
      const startedAt = now();
      for (const [position, { key, body }] of texts.entries()) {
        if (!fitsRow(body)) refs.set(position, await files.write(key, body));
      }
      // After a long freeze the sweep may have taken them for abandoned: no row may refer to them any more.
      if (refs.size > 0 && now() - startedAt > maxWritingMs) {
        throw new AppError('store_unavailable', 'large texts took too long to write');
      }
      return refs;
    },

    read: async (key, ref) => {
      const text = await files.read(ref);
      if (text === null) throw new TextGoneError(key);
      return text;
    },
  };
}

/**
 * Reads rows with the texts they refer to. A row may move on in between, and its old text be swept: then the rows are
 * read again. Throws AppError `internal_error` naming the key when a text stays lost.
 */
export async function readWithTexts<T>(read: () => Promise<T>): Promise<T> {
  for (let repeats = 2; ; repeats -= 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof TextGoneError)) throw error;
      if (repeats === 0) {
        throw new AppError('internal_error', 'a text of a stored request is lost', { details: { key: error.key } });
      }
    }
  }
}

class TextGoneError extends Error {
  readonly key: RequestKey;

  constructor(key: RequestKey) {
    super('the file of a text is gone');
    this.name = 'TextGoneError';
    this.key = key;
  }
}

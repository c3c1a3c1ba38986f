import type { KeepBodies, RequestStore } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { createAcceptRows } from './accept-rows.ts';
import { createCollectRows } from './collect-rows.ts';
import { createLargeTexts } from './large-texts.ts';
import { mapErrors } from './map-error.ts';
import type { RequestRow } from './request-row.ts';
import { createSettleRows } from './settle-rows.ts';
import { createTextSweep } from './sweep-texts.ts';
import type { TextFiles } from './text-files.ts';

export interface RequestStoreDeps {
  /** With the durability of every read and write. */
  readonly db: mongo.Db;
  readonly rows: mongo.Collection<RequestRow>;
  readonly files: TextFiles;
  readonly keepRequestBodies: KeepBodies;
}

/** The request port on the driver's own collections: its texts go through no object mapping. */
export function createRequestStore({ db, rows, files, keepRequestBodies }: RequestStoreDeps): RequestStore {
  const texts = createLargeTexts(files);
  const sweepTexts = createTextSweep(db, rows);
  return {
    ...createAcceptRows(rows, texts),
    ...createCollectRows(rows, texts),
    ...createSettleRows(rows, texts, keepRequestBodies),
    removeUnreferencedBodies: (before, limit) => mapErrors(() => sweepTexts(before, limit)),
  };
}

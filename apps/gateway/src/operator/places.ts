import { batchId, requestKey, type BatchId, type RequestKey } from '@batch-gpt/contracts';
import { type Place } from '@batch-gpt/domain';
import { unknownAfter } from '../routes/read-paging.ts';

/** A place in a list as its `after` has it: `1764000000000-<id>`. */
export const formatPlace = ({ at, id }: Place<string>): string => `${at}-${id}`;

/** Reads a place in a list of requests; throws AppError `invalid_value`. */
export const readRequestPlace = (given: string): Place<RequestKey> => readPlace(given, requestKey, 'request');

/** Reads a place in a list of batches; throws AppError `invalid_value`. */
export const readBatchPlace = (given: string): Place<BatchId> => readPlace(given, batchId, 'batch');

interface Ids<Id> {
  readonly safeParse: (text: string) => { readonly success: boolean; readonly data?: Id | undefined };
}

function readPlace<Id extends string>(given: string, ids: Ids<Id>, what: string): Place<Id> {
  const [, at = '', text = ''] = /^(\d{1,16})-(\w{1,128})$/.exec(given) ?? [];
  const id = ids.safeParse(text).data;
  if (id === undefined) throw unknownAfter(what);
  return { at: Number(at), id };
}

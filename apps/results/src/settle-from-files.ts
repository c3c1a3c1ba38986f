/*
 * A batch whose results are in files: the output file, then the error file, each read to its last byte before anything
 * is concluded from a row that is not there. Reading goes on while one chunk of rows is being stored; memory holds two.
 */
import {
  addUnused,
  decideMissing,
  noUnused,
  readResultRow,
  type BatchRecord,
  type BilledTotals,
  type LineContext,
} from '@batch-gpt/domain';
import { decideMembers } from './decide-members.ts';
import { readResultFile } from './read-result-file.ts';
import { providerOf } from './provider-of.ts';
import type { ReadingProvider, ResultsDeps } from './results-deps.ts';
import { resultFileIds } from './result-file-ids.ts';
import { settleLateRows } from './settle-late-rows.ts';
import { settleRows, type KeyedRow } from './settle-rows.ts';
import { createRowTally, type RowTally } from './tally-rows.ts';
import { wasCancelled } from './was-cancelled.ts';

const rowsAtOnce = 500;
const charactersAtOnce = 2_000_000;

/** What settling a batch came to. */
export interface Settled {
  readonly billed: BilledTotals;
  /** Members that went back to wait for another batch. */
  readonly returned: number;
}

/** Settles every member by the batch's result files. */
export async function settleFromFiles(deps: ResultsDeps, batch: BatchRecord, signal: AbortSignal): Promise<Settled> {
  const reading = { ...deps, provider: providerOf(deps, batch) };
  const cancelled = wasCancelled(batch);
  const context = (): LineContext => ({ batchId: batch.id, at: deps.clock.now(), cancelled });
  const tally = createRowTally(batch, cancelled);
  let returned = 0;
  let unused = noUnused;
  const store = async (rows: readonly KeyedRow[]) => {
    if (batch.state === 'abandoned') {
      const late = await settleLateRows(deps, batch, rows, context());
      unused = addUnused(unused, late);
    } else returned += await settleRows(deps, batch, rows, context());
  };
  for (const fileId of await resultFileIds(reading, batch, signal)) {
    await storeRows(rowsOf(reading, fileId, tally, signal), store, signal);
  }
  const countsAgree = tally.countsAgree();
  returned += await decideMembers(
    deps,
    batch,
    (member) => decideMissing(member, { ...context(), countsAgree }),
    signal,
  );
  reportOdd(deps, tally);
  return { billed: { ...tally.billed(), unused }, returned };
}

/** First rows in chunks that are bounded in rows and in size; what came before a file broke off comes first. */
async function* rowsOf(
  deps: Pick<ResultsDeps, 'maxLineBytes'> & { readonly provider: ReadingProvider },
  fileId: string,
  tally: RowTally,
  signal: AbortSignal,
): AsyncGenerator<readonly KeyedRow[], void, undefined> {
  let rows: KeyedRow[] = [];
  let characters = 0;
  let brokeOff: { readonly error: unknown } | null = null;
  try {
    for await (const { lines, tooLong } of readResultFile(deps, fileId, signal)) {
      tally.skip(tooLong);
      for (const line of lines) {
        const row = readResultRow(line);
        const key = tally.add(row);
        if (row === null || key === null) continue;
        rows.push({ key, row });
        characters += line.length;
        if (rows.length < rowsAtOnce && characters < charactersAtOnce) continue;
        yield rows;
        rows = [];
        characters = 0;
      }
    }
  } catch (error) {
    brokeOff = { error };
  }
  if (rows.length > 0) yield rows;
  if (brokeOff !== null) throw brokeOff.error;
}

async function storeRows(
  chunks: AsyncIterable<readonly KeyedRow[]>,
  store: (rows: readonly KeyedRow[]) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let storing = Promise.resolve();
  try {
    for await (const rows of chunks) {
      await storing;
      signal.throwIfAborted();
      storing = store(rows);
      // It is awaited above or below; until then its failure must not count as unhandled.
      storing.catch(() => undefined);
    }
  } finally {
    await storing;
  }
}

function reportOdd({ logger }: ResultsDeps, tally: RowTally): void {
  const odd = tally.odd();
  if (Object.values(odd).some((count) => count > 0)) logger.warn('result files hold odd lines', { ...odd });
}

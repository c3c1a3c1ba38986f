// Lines run in slices, each within one turn of the event loop: counts, rows, ledger and journal change together, so
// nobody sees a line that a kill could undo. Rows are written before the slice's record: a kill in between leaves rows
// that no record knows, which the next start cuts off before it runs these lines again.
import { readSync } from 'node:fs';
import { type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Marker, parseMarker } from '../answers/marker.ts';
import { type Usage } from '../answers/usage.ts';
import { type Clock } from '../clock.ts';
import { type Faults } from '../faults/create-faults.ts';
import { type Journal } from '../journal/journal.ts';
import { type Ledger, storedNumbers } from '../ledger.ts';
import { answerLine, dueMarker, type InputLine, type LineResult, unrunRow } from './answer-line.ts';
import { type Batch, type BatchRun } from './batch.ts';
import { createRowWriter } from './row-writer.ts';
import { type LineIndex } from './validate-input-file.ts';

/** A batch's lines being run, in the order its results will have; memory does not grow with the size of the lines. */
export interface LineRun {
  /** Lines taken up so far, those put off by `[[simulate:slow]]` included. */
  taken(): number;
  /** Lines put off and not yet run. */
  putOff(): number;
  /** Takes up lines until `count` are taken or `stop` says so. */
  advance(count: number, stop: () => boolean): Promise<void>;
  runPutOff(): Promise<void>;
  /** Writes an error row for each line that never ran; nothing may run after it. */
  giveUp(code: 'batch_expired' | 'batch_cancelled', stop: () => boolean): Promise<void>;
  /** Sizes of the result files, 0 for one without rows. */
  close(trailingNewline: boolean): { output: number; error: number };
  /** Closes the result files as they are, for a run that broke. */
  drop(): void;
}

interface RunDeps {
  readonly batch: Batch;
  /** Where the run stands, and kept true to it. */
  readonly run: BatchRun;
  readonly input: FileHandle;
  readonly index: LineIndex;
  readonly order: Uint32Array;
  readonly paths: { readonly output: string; readonly error: string };
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** How long lines may run before the event loop gets a turn. */
const sliceMs = 8;

/** Prepares a run; nothing happens before `advance`. */
export function createLineRun(deps: RunDeps): LineRun {
  const { batch, run, index, order, ledger, clock } = deps;
  const writers = {
    output: createRowWriter(deps.paths.output, run.outputBytes),
    error: createRowWriter(deps.paths.error, run.errorBytes),
  };
  const about = { model: batch.model ?? '', endpoint: batch.order.endpoint, batchId: batch.id };
  let slice = emptySlice();
  let buffer: Buffer = Buffer.allocUnsafe(16_384);

  // Read synchronously: one line out of the page cache takes microseconds, an asynchronous read ten times as long.
  function readLine(at: number): InputLine {
    const start = index.starts[at] ?? 0;
    const length = (index.starts[at + 1] ?? start + 1) - 1 - start;
    if (buffer.length < length) buffer = Buffer.allocUnsafe(length * 2);
    const read = readSync(deps.input.fd, buffer, 0, length, start);
    return JSON.parse(buffer.toString('utf8', 0, read)) as InputLine;
  }

  /** Runs a line, or puts it off if it may be and wants to. */
  function runLine(at: number, mayPutOff: boolean): void {
    const line = readLine(at);
    const marker =
      dueMarker(batch.order.endpoint, line, ledger.countsOf(line.custom_id).runs) ?? orderedMarker(deps.faults, line);
    if (marker?.name === 'slow' && mayPutOff) {
      run.putOff.push(at);
      slice.putOff.push(at);
      return;
    }
    record(line, answerLine(batch.order.endpoint, line, { marker, nowMs: clock.now() }));
  }
  function record({ custom_id: customId }: InputLine, result: LineResult): void {
    for (const row of result.rows) writers[result.file].add(row);
    if (result.counts !== 'neither') batch.counts[result.counts] += 1;
    if (!result.ran) return;
    addUsage(run.spent, result.usage);
    ledger.record({ ...about, customId, status: result.status, billed: result.billed, usage: result.usage });
    slice.ids.push(customId);
    slice.numbers.push(...storedNumbers(result));
  }
  function endSlice(): void {
    const { ids, numbers, putOff, ranPutOff } = slice;
    run.outputBytes = writers.output.flush();
    run.errorBytes = writers.error.flush();
    slice = emptySlice();
    const { taken, outputBytes, errorBytes } = run;
    deps.journal.append({
      ...{ t: 'ran', ...about, ids, numbers, taken, putOff, ranPutOff, outputBytes, errorBytes },
      counts: { ...batch.counts },
      spent: { ...run.spent },
    });
  }
  function flushRows(): void {
    writers.output.flush();
    writers.error.flush();
  }

  return {
    taken: () => run.taken,
    putOff: () => run.putOff.length,
    advance: (count, stop) =>
      inSlices({
        more: () => run.taken < count && !stop(),
        step() {
          runLine(order[run.taken] ?? 0, true);
          run.taken += 1;
        },
        end: endSlice,
      }),
    runPutOff: () =>
      inSlices({
        more: () => run.putOff.length > 0,
        step() {
          runLine(run.putOff.shift() ?? 0, false);
          slice.ranPutOff += 1;
        },
        end: endSlice,
      }),
    giveUp(code, stop) {
      const unrun = [...run.putOff, ...order.subarray(run.taken)];
      let next = 0;
      return inSlices({
        more: () => next < unrun.length && !stop(),
        step() {
          writers.error.add(unrunRow(readLine(unrun[next] ?? 0).custom_id, code, clock.now()));
          next += 1;
        },
        // Not in the journal: after a restart they are given up again.
        end: flushRows,
      });
    },
    close: (trailingNewline) => ({
      output: writers.output.close(trailingNewline),
      error: writers.error.close(trailingNewline),
    }),
    drop() {
      writers.output.drop();
      writers.error.drop();
    },
  };
}

const emptySlice = (): { ids: string[]; numbers: number[]; putOff: number[]; ranPutOff: number } => ({
  ids: [],
  numbers: [],
  putOff: [],
  ranPutOff: 0,
});

/** Takes steps while there are more, with a turn for everybody else after each slice, which is always ended. */
async function inSlices(work: { more: () => boolean; step: () => void; end: () => void }): Promise<void> {
  while (work.more()) {
    const since = performance.now();
    try {
      do work.step();
      while (performance.now() - since < sliceMs && work.more());
    } finally {
      work.end();
    }
    if (work.more()) await nextTurn();
  }
}

function orderedMarker(faults: Faults, line: InputLine): Marker | null {
  const text = faults.take('line_marker', line.custom_id)?.marker;
  return text === undefined ? null : parseMarker(text);
}

function addUsage(sum: { -readonly [key in keyof Usage]: number }, usage: Usage): void {
  sum.input += usage.input;
  sum.cached += usage.cached;
  sum.output += usage.output;
  sum.reasoning += usage.reasoning;
}

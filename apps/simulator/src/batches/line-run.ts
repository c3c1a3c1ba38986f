import { readSync } from 'node:fs';
import { type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Marker, parseMarker } from '../answers/marker.ts';
import { type Usage } from '../answers/usage.ts';
import { type Clock } from '../clock.ts';
import { type Faults } from '../faults/create-faults.ts';
import { type Ledger } from '../ledger.ts';
import { snapshotOf } from '../models.ts';
import { answerLine, dueMarker, type InputLine, unrunRow } from './answer-line.ts';
import { type Batch } from './batch.ts';
import { createRowWriter, type RowWriter } from './row-writer.ts';
import { type InputIndex } from './validate-input-file.ts';

/** A batch's lines being run, in the order its results will have; memory does not grow with the size of the lines. */
export interface LineRun {
  /** Lines taken up so far, those put off by `[[simulate:slow]]` included. */
  taken(): number;
  /** Lines put off and not yet run. */
  putOff(): number;
  /** Takes up lines until `count` are taken or `stop` says so. */
  advance(count: number, stop: () => boolean): Promise<void>;
  runPutOff(): Promise<void>;
  /** Writes an error row for each line that never ran. */
  giveUp(code: 'batch_expired' | 'batch_cancelled', stop: () => boolean): Promise<void>;
  /** Sizes of the result files, null for one without rows, and the tokens of all lines that ran. */
  close(trailingNewline: boolean): Promise<{ output: number | null; error: number | null; usage: Usage }>;
}

interface RunDeps {
  readonly batch: Batch;
  readonly input: FileHandle;
  readonly index: InputIndex;
  readonly order: Uint32Array;
  readonly paths: { readonly output: string; readonly error: string };
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** How long lines may run before the event loop gets a turn, and how much may wait to be written. */
const sliceMs = 8;
const flushBytes = 256 * 1024;

/** Prepares a run; nothing happens before `advance`. */
export function createLineRun(deps: RunDeps): LineRun {
  const { batch, index, order, ledger, clock } = deps;
  const writers = { output: createRowWriter(deps.paths.output), error: createRowWriter(deps.paths.error) };
  const model = snapshotOf(index.model);
  const spent = { input: 0, cached: 0, output: 0, reasoning: 0 };
  const slow: number[] = [];
  let taken = 0;
  let buffer: Buffer = Buffer.allocUnsafe(16_384);

  // Read synchronously: one line out of the page cache takes microseconds, an asynchronous read ten times as long.
  function readLine(at: number): InputLine {
    const start = index.starts[at] ?? 0;
    const length = (index.starts[at + 1] ?? start + 1) - 1 - start;
    if (buffer.length < length) buffer = Buffer.allocUnsafe(length * 2);
    const read = readSync(deps.input.fd, buffer, 0, length, start);
    return JSON.parse(buffer.toString('utf8', 0, read)) as InputLine;
  }

  function run(at: number, mayPutOff: boolean): void {
    const line = readLine(at);
    const marker =
      dueMarker(batch.order.endpoint, line, ledger.countsOf(line.custom_id).runs) ?? orderedMarker(deps.faults, line);
    if (marker?.name === 'slow' && mayPutOff) {
      slow.push(at);
      return;
    }
    const result = answerLine(batch.order.endpoint, line, { marker, nowMs: clock.now() });
    for (const row of result.rows) writers[result.file].add(row);
    if (result.counts !== 'neither') batch.counts[result.counts] += 1;
    if (!result.ran) return;
    addUsage(spent, result.usage);
    ledger.record({
      customId: line.custom_id,
      model,
      endpoint: batch.order.endpoint,
      batchId: batch.id,
      status: result.status,
      billed: result.billed,
      usage: result.usage,
    });
  }

  async function inSlices(more: () => boolean, step: () => void): Promise<void> {
    let since = performance.now();
    while (more()) {
      step();
      if (performance.now() - since < sliceMs) continue;
      await flushFull(writers);
      await nextTurn();
      since = performance.now();
    }
    await flushFull(writers);
  }

  return {
    taken: () => taken,
    putOff: () => slow.length,
    advance: (count, stop) =>
      inSlices(
        () => taken < count && !stop(),
        () => {
          run(order[taken] ?? 0, true);
          taken += 1;
        },
      ),
    runPutOff: () =>
      inSlices(
        () => slow.length > 0,
        () => run(slow.shift() ?? 0, false),
      ),
    giveUp(code, stop) {
      const unrun = [...slow.splice(0), ...order.subarray(taken)];
      let next = 0;
      return inSlices(
        () => next < unrun.length && !stop(),
        () => {
          writers.error.add(unrunRow(readLine(unrun[next] ?? 0).custom_id, code, clock.now()));
          next += 1;
        },
      );
    },
    async close(trailingNewline) {
      const output = await writers.output.close(trailingNewline);
      const error = await writers.error.close(trailingNewline);
      return { output, error, usage: { ...spent } };
    },
  };
}

function orderedMarker(faults: Faults, line: InputLine): Marker | null {
  const text = faults.take('line_marker', line.custom_id)?.marker;
  return text === undefined ? null : parseMarker(text);
}

async function flushFull(writers: Record<'output' | 'error', RowWriter>): Promise<void> {
  if (writers.output.waiting() >= flushBytes) await writers.output.flush();
  if (writers.error.waiting() >= flushBytes) await writers.error.flush();
}

function addUsage(sum: { -readonly [key in keyof Usage]: number }, usage: Usage): void {
  sum.input += usage.input;
  sum.cached += usage.cached;
  sum.output += usage.output;
  sum.reasoning += usage.reasoning;
}

import { answerFor, type Answer } from '../answers/answer-for.ts';
import { type Marker, markerFor, timesOf } from '../answers/marker.ts';
import { type Usage } from '../answers/usage.ts';
import { type BatchEndpoint } from '../endpoints.ts';
import { newLineRequestId, newRowId } from '../ids.ts';
import { type JsonObject } from '../json.ts';

/** One line of an input file that passed validation. */
export interface InputLine {
  readonly custom_id: string;
  readonly body: JsonObject;
}

/** What became of a line: its rows, how it counts, and what the ledger shall say; `ran` false leaves no trace there. */
export interface LineResult {
  readonly file: 'output' | 'error';
  readonly rows: readonly string[];
  readonly counts: 'completed' | 'failed' | 'neither';
  readonly ran: boolean;
  readonly billed: boolean;
  readonly status: number;
  readonly usage: Usage;
}

const noUsage: Usage = { input: 0, cached: 0, output: 0, reasoning: 0 };
const timedOut = { code: 'request_timeout', message: 'The request timed out inside the service.' };

/** The marker that bites this time: one with a number bites only a custom id's first runs. */
export function dueMarker(endpoint: BatchEndpoint, line: InputLine, runsBefore: number): Marker | null {
  const marker = markerFor(endpoint, line.body);
  const times = marker === null ? null : timesOf(marker);
  return times !== null && runsBefore >= times ? null : marker;
}

/** Runs one line at `nowMs` under a marker or none. */
export function answerLine(
  endpoint: BatchEndpoint,
  line: InputLine,
  { marker, nowMs }: { marker: Marker | null; nowMs: number },
): LineResult {
  const name = marker?.name;
  if (name === 'expired') return notRun([unrunRow(line.custom_id, 'batch_expired', nowMs)]);
  if (name === 'missing') return notRun([]);
  if (name === 'timeout') {
    const rows = [row(line.custom_id, { response: null, error: timedOut }, nowMs)];
    return { file: 'error', rows, counts: 'failed', ran: true, billed: false, status: 408, usage: noUsage };
  }
  const answer = answerFor(endpoint, line.body, { createdAt: Math.floor(nowMs / 1000), marker });
  return settled(line.custom_id, answer, { marker, nowMs });
}

/** The error row of a line that never ran. */
export function unrunRow(customId: string, code: 'batch_expired' | 'batch_cancelled', nowMs: number): string {
  const message =
    code === 'batch_expired'
      ? 'This request could not be executed before the completion window expired.'
      : 'This request was not executed because the batch was cancelled.';
  return row(customId, { response: null, error: { code, message } }, nowMs);
}

function settled(customId: string, answer: Answer, how: { marker: Marker | null; nowMs: number }): LineResult {
  const name = how.marker?.name;
  const zero = name === 'status0';
  const good = answer.status < 300;
  const response = {
    status_code: zero ? 0 : answer.status,
    request_id: newLineRequestId(),
    body: zero ? null : answer.body,
  };
  const extra = name === 'extra_keys' ? { region: 'simulated', attempts: [1] } : {};
  const rowFor = (id: string): string => row(id, { response, error: null, ...extra }, how.nowMs);
  const copies = name === 'lost_row' ? 0 : name === 'duplicate_row' ? 2 : 1;
  const ids = Array.from({ length: copies }, () => customId);
  if (name === 'unknown_row') ids.push(`unknown-${newLineRequestId()}`);
  return {
    file: good ? 'output' : 'error',
    rows: ids.map(rowFor),
    counts: good ? 'completed' : 'failed',
    ran: true,
    billed: good && !zero,
    status: response.status_code,
    usage: zero ? noUsage : answer.usage,
  };
}

const notRun = (rows: string[]): LineResult => ({
  file: 'error',
  rows,
  counts: 'neither',
  ran: false,
  billed: false,
  status: 0,
  usage: noUsage,
});

/** Keys in the provider's order: id, custom_id, response, error. */
const row = (customId: string, rest: JsonObject, nowMs: number): string =>
  JSON.stringify({ id: newRowId(nowMs), custom_id: customId, ...rest });

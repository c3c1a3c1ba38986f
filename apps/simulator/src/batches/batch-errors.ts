import { type Faults } from '../faults/create-faults.ts';
import { type Fault, msOf } from '../faults/fault.ts';
import { unreadableFileMessage } from '../faults/refusals.ts';
import { type BatchError, type BatchQuirks } from './batch.ts';

/** Validation's answer for an input file it cannot see (form B: asynchronous, 2025 and later). */
export const fileNotFound = (fileId: string): BatchError => ({
  code: 'invalid_request',
  message: unreadableFileMessage(fileId),
  param: 'file_id',
  line: null,
});

/** Validation's answer for a file of another purpose; its exact form is not known. */
export const wrongPurpose = (fileId: string): BatchError => ({
  code: 'invalid_request',
  message: `File ${fileId} was not uploaded with purpose 'batch'.`,
  param: 'file_id',
  line: null,
});

/** The one retryable validation failure. */
export function tokenLimitExceeded(model: string, limit: number): BatchError {
  const message =
    `Enqueued token limit reached for ${model} in organization org-simulator. ` +
    `Limit: ${limit.toLocaleString('en-US')} enqueued tokens. Please try again once some in_progress batches have been completed.`;
  return { code: 'token_limit_exceeded', message, param: null, line: null };
}

const namedLine = (fault: Fault): BatchError => ({
  code: 'invalid_request',
  message: 'This line was refused by the simulator.',
  param: 'body',
  line: fault.line ?? 1,
});

const unnamed: BatchError = {
  code: 'invalid_request',
  message: 'The input file was refused.',
  param: null,
  line: null,
};

/** What an operator's `fail` leaves in a batch. */
export const failedByControl: BatchError = {
  code: 'server_error',
  message: 'The batch was failed by the simulator.',
  param: null,
  line: null,
};

/** The end of a batch whose files were lost while the simulator was down. */
export const resultsLost: BatchError = {
  code: 'server_error',
  message: 'Files of this batch were lost by the simulator.',
  param: null,
  line: null,
};

/** Uses up the faults that a new batch carries through its life. */
export function takeQuirks(faults: Faults, about: { fileId: string; nowMs: number }): BatchQuirks {
  const has = (name: Parameters<Faults['take']>[0]): boolean => faults.take(name) !== null;
  const expiring = faults.take('expire_partial');
  const unlisted = faults.take('list_lag');
  return {
    forcedErrors: takeForcedErrors(faults, about.fileId),
    absentId: has('empty_string_ids') ? '' : has('omitted_ids') ? undefined : null,
    nullOutput: has('completed_null_output'),
    noTrailingNewline: has('no_trailing_newline'),
    expiresAfter: expiring === null ? null : (expiring.line ?? 'half'),
    stuckValidating: has('stuck_validating'),
    stuckInProgress: has('stuck_in_progress'),
    stuckFinalizing: has('stuck_finalizing'),
    listedAtMs: unlisted === null ? 0 : about.nowMs + msOf(unlisted),
  };
}

function takeForcedErrors(faults: Faults, fileId: string): readonly BatchError[] | null {
  if (faults.take('spurious_file_not_found') !== null) return [fileNotFound(fileId)];
  if (faults.take('token_limit_exceeded') !== null) return [tokenLimitExceeded('gpt-6-luna', 2_000_000)];
  const line = faults.take('validation_line_error');
  if (line !== null) return [namedLine(line)];
  return faults.take('validation_unnamed') === null ? null : [unnamed];
}

import { open, type FileHandle } from 'node:fs/promises';
import { snapshotOf } from '../models.ts';
import { failedByControl, fileNotFound, tokenLimitExceeded, wrongPurpose } from './batch-errors.ts';
import { fail, type Life, type LifeDeps, move } from './life.ts';
import { type InputIndex, validateInputFile } from './validate-input-file.ts';

/** Opens a batch's input file; null if the batch has failed instead. */
export async function openInput(life: Life, deps: LifeDeps): Promise<FileHandle | null> {
  const { order, quirks } = life.batch;
  const file = deps.files.get(order.inputFileId);
  if (life.command === 'fail') return fail(life, deps, [failedByControl]);
  if (quirks.forcedErrors !== null) return fail(life, deps, quirks.forcedErrors);
  if (file === null) return fail(life, deps, [fileNotFound(order.inputFileId)]);
  if (file.purpose !== 'batch') return fail(life, deps, [wrongPurpose(file.id)]);
  try {
    return await open(file.path);
  } catch {
    // Deleted in this very moment.
    return fail(life, deps, [fileNotFound(file.id)]);
  }
}

/** Moves a batch with a good file to `in_progress`; null if it has failed, is being cancelled or is over. */
export async function validate(life: Life, deps: LifeDeps, input: FileHandle): Promise<InputIndex | null> {
  const { batch } = life;
  const checked = await validateInputFile(input, {
    endpoint: batch.order.endpoint,
    models: deps.models,
    stop: () => life.over || batch.status === 'cancelling',
  });
  deps.ledger.count('lines_received', checked.received);
  if (life.over || batch.status === 'cancelling') return null;
  const { inputFileId } = batch.order;
  if (deps.files.get(inputFileId) === null) return fail(life, deps, [fileNotFound(inputFileId)]);
  if (!checked.ok) return fail(life, deps, checked.errors);
  const { tokens } = checked.index;
  // Alias and dated name are one model, with one limit.
  const model = snapshotOf(checked.index.model);
  const limit = deps.settings().enqueuedTokenLimit;
  if (!deps.budget.take(batch.id, model, tokens, limit)) return fail(life, deps, [tokenLimitExceeded(model, limit)]);
  batch.model = model;
  batch.counts = { total: checked.index.lines, completed: 0, failed: 0 };
  batch.run = {
    seed: life.seed,
    shuffled: deps.settings().shuffle,
    tokens,
    outputId: deps.files.reserve().id,
    errorId: deps.files.reserve().id,
    taken: 0,
    putOff: [],
    outputBytes: 0,
    errorBytes: 0,
    spent: { input: 0, cached: 0, output: 0, reasoning: 0 },
  };
  move(batch, 'in_progress', deps);
  return checked.index;
}

import { createAlarm } from '../alarm.ts';
import { invalidRequest, ApiError } from '../api-error.ts';
import { newBatchId } from '../ids.ts';
import { recordOf } from '../journal/journal-record.ts';
import { type Batch, type BatchOrder, type BatchQuirks, type BatchStatus, isFinal } from './batch.ts';
import { failedByControl } from './batch-errors.ts';
import { type BatchCommand, fail, type Life, type LifeDeps, move } from './life.ts';
import { liveBatch } from './live-batch.ts';

/** All batches and their lives; bounded, the oldest final ones are forgotten first. */
export interface BatchStore {
  /** Throws the 429 of the creation limit. */
  create(order: BatchOrder, quirks: BatchQuirks): Batch;
  get(id: string): Batch | null;
  /** Newest first; without those not listed (faults `list_lag`, `batch_vanishes`). */
  list(): Batch[];
  /** How many batches have each status. */
  statuses(): Partial<Record<BatchStatus, number>>;
  /** Throws 409 for a batch that has ended (reference 3.5); `risingMs` is that of the fault `cancel_rising`. */
  cancel(batch: Batch, risingMs?: number | null): void;
  /** Reads know nothing of a batch before this moment, milliseconds since the epoch (fault `batch_vanishes`). */
  hide(batch: Batch, untilMs: number): void;
  /** Commands a batch and resolves when it has ended, or the simulator closes. */
  command(batch: Batch, command: BatchCommand): Promise<void>;
  /** Settings have changed: every life looks again. */
  wakeAll(): void;
  /** Restored batches go on; called once. */
  resume(): void;
  /** Stops all lives where they are. */
  close(): Promise<void>;
}

interface StoreDeps extends LifeDeps {
  readonly seed: number;
  readonly limit: number;
  /** Batches that are there already, oldest first. */
  readonly restored: readonly Batch[];
  /** A batch has got its final status. */
  readonly onEnded: (batch: Batch) => void;
  /** A life that broke: a bug of the simulator. */
  readonly onBug: (error: unknown, batch: Batch) => void;
}

const hourMs = 3_600_000;

/** Starts with the restored batches, which stand still until `resume`. */
export function createBatchStore(deps: StoreDeps): BatchStore {
  const batches = new Map(deps.restored.map((batch) => [batch.id, batch]));
  const lives = new Map<string, Life & { ended: Promise<void> }>();
  let creations = deps.restored.map(({ createdAtMs }) => createdAtMs);
  let ordinal = deps.restored.at(-1)?.ordinal ?? 0;

  function start(batch: Batch): void {
    const life: Life = {
      batch,
      alarm: createAlarm(deps.clock),
      from: batch.status,
      seed: deps.seed + batch.ordinal,
      command: null,
      over: false,
    };
    const ended = liveBatch(life, deps)
      .catch((error: unknown) => {
        deps.onBug(error, batch);
        // A bug of ours must not leave a batch that never ends.
        if (!isFinal(batch.status)) fail(life, deps, [failedByControl]);
      })
      .finally(() => {
        lives.delete(batch.id);
        if (isFinal(batch.status)) deps.onEnded(batch);
      });
    lives.set(batch.id, Object.assign(life, { ended }));
  }

  function countCreation(): void {
    const now = deps.clock.now();
    creations = creations.filter((at) => at > now - hourMs);
    if (creations.length >= deps.settings().createsPerHour) throw tooManyCreations(deps.settings().createsPerHour);
    creations.push(now);
  }

  function forgetOldest(): void {
    for (const [id, batch] of batches) {
      if (batches.size <= deps.limit) return;
      if (!isFinal(batch.status)) continue;
      batches.delete(id);
      deps.journal.append({ t: 'batch-gone', id });
    }
  }

  return {
    create(order, quirks) {
      countCreation();
      const createdAtMs = deps.clock.now();
      const batch: Batch = {
        id: newBatchId(createdAtMs),
        ordinal: (ordinal += 1),
        order,
        quirks,
        createdAtMs,
        expiresAtMs: createdAtMs + deps.settings().expiresMs,
        hiddenUntilMs: 0,
        cancelRisingMs: null,
        status: 'validating',
        enteredAtMs: {},
        model: null,
        errors: null,
        outputFileId: null,
        errorFileId: null,
        counts: { total: 0, completed: 0, failed: 0 },
        usage: null,
        run: null,
      };
      deps.ledger.count('created');
      batches.set(batch.id, batch);
      deps.journal.append(recordOf(batch));
      forgetOldest();
      start(batch);
      return batch;
    },
    get: (id) => batches.get(id) ?? null,
    list() {
      const now = deps.clock.now();
      const listed = ({ hiddenUntilMs, quirks }: Batch): boolean => hiddenUntilMs <= now && quirks.listedAtMs <= now;
      return [...batches.values()].filter(listed).toReversed();
    },
    statuses() {
      const counts: Partial<Record<BatchStatus, number>> = {};
      for (const { status } of batches.values()) counts[status] = (counts[status] ?? 0) + 1;
      return counts;
    },
    cancel(batch, risingMs = null) {
      if (batch.status === 'cancelling' || batch.status === 'cancelled') return;
      if (isFinal(batch.status)) {
        throw invalidRequest(`Cannot cancel a batch with status '${batch.status}'.`, { status: 409 });
      }
      batch.cancelRisingMs = risingMs;
      move(batch, 'cancelling', deps);
      lives.get(batch.id)?.alarm.ring();
    },
    hide(batch, untilMs) {
      batch.hiddenUntilMs = untilMs;
      deps.journal.append(recordOf(batch));
    },
    async command(batch, command) {
      const life = lives.get(batch.id);
      if (life === undefined) return;
      life.command = command;
      life.alarm.ring();
      await life.ended;
    },
    wakeAll() {
      for (const life of lives.values()) life.alarm.ring();
    },
    resume() {
      for (const batch of batches.values()) {
        if (!isFinal(batch.status) && !lives.has(batch.id)) start(batch);
      }
    },
    async close() {
      const running = [...lives.values()];
      for (const life of running) {
        life.over = true;
        life.alarm.ring();
      }
      await Promise.all(running.map((life) => life.ended));
    },
  };
}

function tooManyCreations(limit: number): ApiError {
  const message = `Rate limit reached: at most ${limit} batch creations per hour.`;
  return new ApiError(
    429,
    { message, type: 'requests', param: null, code: 'rate_limit_exceeded' },
    { 'retry-after': '60' },
  );
}

/*
 * Accepting is deduplication and cache look-up at once. All calls of a tick go together:
 *
 *   look up ─┬─ an outcome that may be reused ─────────────▶ hit
 *            ├─ pending ───────────────────────────────────▶ joined
 *            ├─ missing ── insert ──┬─ inserted ───────────▶ stored (others of the tick: joined)
 *            │                      └─ somebody was faster ─▶ look up again
 *            └─ to be asked anew ── acceptAnew ─┬─ moved ──▶ stored (others of the tick: joined)
 *                                               └─ lost ───▶ look up again
 *
 * A look-up ends early where outcomes are large; then the next page is looked up before anything is stored. What is
 * missing or asked anew is new work: before it is stored, its caller's limits may refuse it.
 *
 * A call that loses every round gets AppError `outcome_lost`; when the store fails, `store_unavailable`. Either may have
 * been accepted all the same: the retry finds it.
 */
import { setImmediate } from 'node:timers/promises';
import { type RequestKey } from '@batch-gpt/contracts';
import {
  maxLookupBytes,
  type NewRequest,
  type Outcome,
  type RequestRecord,
  type RequestStore,
} from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Deliveries } from '../respond/note-deliveries.ts';
import { type Caller } from '../tenant-of.ts';
import { type LimitNewWork } from '../tenants/limit-new-work.ts';
import { type Within } from '../within.ts';
import { type AnnounceAccepted } from './announce-accepted.ts';
import { collectTicks, type TickItem } from './collect-ticks.ts';
import { decideReuse, type Forward, type ReuseWishes } from './decide-reuse.ts';
import { type HotOutcomes } from './hot-outcomes.ts';

/** A call that is to be accepted. */
export interface Call {
  readonly caller: Caller;
  readonly request: NewRequest;
  readonly reuse: ReuseWishes;
  /** False: answer from what is stored, never ask the provider. */
  readonly mayEnqueue: boolean;
}

/** A stored outcome answers. */
export interface Hit {
  readonly kind: 'hit';
  readonly record: RequestRecord;
  readonly outcome: Outcome;
}

/** What came of it; `absent` only where nothing may be enqueued. */
export type Acceptance =
  | Hit
  | {
      readonly kind: 'pending';
      readonly record: RequestRecord;
      readonly forward: Forward | 'uri-miss';
      /** Another call had it stored. */
      readonly collapsed: boolean;
      /** The outcome that this call refused ended at this time. */
      readonly notDoneAt: number | null;
    }
  | { readonly kind: 'absent' };

/** Accepts calls, one tick at a time. */
export interface Acceptor extends AsyncDisposable {
  /** A hit from memory, where there is one: spares the store, and the caller everything that waiting needs. */
  recall(key: RequestKey, reuse: ReuseWishes): Hit | null;
  accept(call: Call): Promise<Acceptance>;
}

export interface AcceptorOptions {
  readonly requests: Pick<RequestStore, 'lookup' | 'insert' | 'acceptAnew'>;
  readonly announce: AnnounceAccepted;
  readonly limitNewWork: LimitNewWork;
  readonly hot: HotOutcomes;
  /** Outcomes that have just reached a caller, of which the store is still to learn. */
  readonly deliveries: Pick<Deliveries, 'isNoting'>;
  readonly clock: Pick<GatewayClock, 'now'>;
  readonly within: Within;
  readonly maxWaiting: number;
}

interface Entry extends TickItem, Call {
  readonly settle: (acceptance: Acceptance) => void;
  readonly fail: (error: unknown) => void;
  /** The outcome that it refused, once it has. */
  refused: { readonly doneAt: number; readonly forward: Forward } | null;
}

const rounds = 4;
const ticksAtOnce = 4;
/** Ticks that run at once share the bound of one look-up. */
const lookupBytes = maxLookupBytes / ticksAtOnce;
const maxTickItems = 500;
const maxTickBytes = 32_000_000;

/** Creates the acceptor. */
export function createAcceptor(options: AcceptorOptions): Acceptor {
  const collector = collectTicks<Entry>({
    flush: (entries) => acceptTick(entries, options),
    maxRunning: ticksAtOnce,
    maxWaiting: options.maxWaiting,
    maxItems: maxTickItems,
    maxBytes: maxTickBytes,
  });
  return {
    recall: (key, reuse) => recall(key, reuse, options),
    accept: (call) =>
      new Promise((settle, fail) => {
        collector.add({ ...call, bytes: call.request.lineBytes, settle, fail, refused: null });
      }),
    [Symbol.asyncDispose]: () => collector[Symbol.asyncDispose](),
  };
}

/**
 * A hot outcome only ever answers; whatever else a call needs is decided by the store. So is the retry of a call that
 * asked anew: what it asked for may be under way, or have failed, of which this memory knows nothing.
 */
function recall(key: RequestKey, reuse: ReuseWishes, { hot, clock }: AcceptorOptions): Hit | null {
  if (reuse.isRetry && (reuse.noCache || reuse.maxAgeMs !== null)) return null;
  const record = hot.get(key);
  if (record === undefined) return null;
  const decision = decideReuse(record, reuse, clock.now());
  return decision.kind === 'hit' ? { kind: 'hit', record, outcome: decision.outcome } : null;
}

async function acceptTick(entries: readonly Entry[], options: AcceptorOptions): Promise<void> {
  const open = Map.groupBy(entries, ({ request }) => request.key);
  try {
    for (let round = 0; round < rounds && open.size > 0; round += 1) await acceptRound(open, options);
  } catch (error) {
    for (const { fail } of [...open.values()].flat()) fail(error);
    return;
  }
  for (const { fail } of [...open.values()].flat()) {
    fail(new AppError('outcome_lost', 'The request could not be accepted for the moment; repeat the call.'));
  }
}

type OpenCalls = Map<RequestKey, Entry[]>;

/** A call that needs new work, the first of its key. */
interface Needed {
  readonly entry: Entry;
  /** Of the outcome that is to be replaced; null for a key that is missing. */
  readonly doneAt: number | null;
}

/** One round: afterwards `open` holds the calls that lost a race. */
async function acceptRound(open: OpenCalls, options: AcceptorOptions): Promise<void> {
  const needed: Needed[] = [];
  for (let keys: readonly RequestKey[] = [...open.keys()]; keys.length > 0;) {
    keys = await acceptPage(keys, open, needed, options);
    // Hits are answered, and their outcomes let go, before more are read.
    if (keys.length > 0) await setImmediate();
  }
  await store(await letIn(needed, open, options), open, options);
}

/** Decides the calls of as many keys as one look-up holds; gives the other keys. */
async function acceptPage(
  keys: readonly RequestKey[],
  open: OpenCalls,
  needed: Needed[],
  { requests, clock, within, hot, deliveries }: AcceptorOptions,
): Promise<readonly RequestKey[]> {
  const { rows, rest } = await within(requests.lookup(keys, lookupBytes));
  const now = clock.now();
  for (const row of rows.values()) hot.put(row);
  const later = new Set(rest);

  for (const key of keys) {
    const entries = open.get(key);
    if (entries === undefined || later.has(key)) continue;
    const row = asDelivered(rows.get(key), deliveries);
    const left = row === undefined ? entries.filter(settleAbsent) : entries.filter((entry) => decide(entry, row, now));
    const [first] = left;
    if (first === undefined) {
      open.delete(key);
      continue;
    }
    open.set(key, left);
    needed.push({ entry: first, doneAt: row?.state === 'done' ? row.doneAt : null });
  }
  return rest;
}

/** A delivery counts from the moment on that its caller may ask again. */
function asDelivered(row: RequestRecord | undefined, deliveries: AcceptorOptions['deliveries']) {
  return row?.state === 'done' && deliveries.isNoting(row.key) ? { ...row, delivered: true } : row;
}

/** Settles a call that may not be enqueued; true while the call is left. */
function settleAbsent({ mayEnqueue, settle }: Entry): boolean {
  if (!mayEnqueue) settle({ kind: 'absent' });
  return mayEnqueue;
}

/** Settles what the row decides; true while the call is left, which then asks anew. */
function decide(entry: Entry, row: RequestRecord, now: number): boolean {
  const decision = decideReuse(row, entry.reuse, now);
  if (decision.kind === 'hit') {
    entry.settle({ kind: 'hit', record: row, outcome: decision.outcome });
    return false;
  }
  if (!settleAbsent(entry)) return false;
  if (decision.kind === 'join') {
    entry.settle(pending(entry, row, true));
    return false;
  }
  entry.refused = decision;
  return true;
}

/** Gives what the limits of the callers allow; calls of others with a refused key try again in the next round. */
async function letIn(
  needed: readonly Needed[],
  open: OpenCalls,
  { limitNewWork }: AcceptorOptions,
): Promise<readonly Needed[]> {
  const refusals = await limitNewWork(needed.map(({ entry }) => entry.caller));
  return needed.filter(({ entry: { caller, request } }, index) => {
    const refusal = refusals[index] ?? null;
    if (refusal === null) return true;
    const { refused = [], left = [] } = Object.groupBy(open.get(request.key) ?? [], (other) =>
      other.caller.keyName === caller.keyName ? 'refused' : 'left',
    );
    for (const { fail } of refused) fail(refusal);
    if (left.length === 0) open.delete(request.key);
    else open.set(request.key, left);
    return false;
  });
}

async function store(
  needed: readonly Needed[],
  open: OpenCalls,
  { requests, announce, hot, within }: AcceptorOptions,
): Promise<void> {
  const fresh = needed.flatMap(({ entry, doneAt }) => (doneAt === null ? [entry.request] : []));
  const anew = needed.flatMap(({ entry, doneAt }) => (doneAt === null ? [] : [{ row: entry.request, doneAt }]));
  hot.drop(anew.map(({ row }) => row.key));
  const [inserted, moved] = await Promise.all([
    fresh.length === 0 ? none : within(requests.insert(fresh)),
    anew.length === 0 ? none : within(requests.acceptAnew(anew)),
  ]);
  const stored = [...fresh, ...anew.map(({ row }) => row)].filter(({ key }) => inserted.has(key) || moved.has(key));
  announce(stored);
  for (const request of stored) {
    const record = acceptedRecord(request);
    for (const [index, entry] of (open.get(request.key) ?? []).entries())
      entry.settle(pending(entry, record, index > 0));
    open.delete(request.key);
  }
}

const none: ReadonlySet<RequestKey> = new Set();

function pending({ refused }: Entry, record: RequestRecord, collapsed: boolean): Acceptance {
  return {
    kind: 'pending',
    record,
    forward: refused?.forward ?? 'uri-miss',
    collapsed,
    notDoneAt: refused?.doneAt ?? null,
  };
}

function acceptedRecord({ body: _, ...facts }: NewRequest): RequestRecord {
  return { ...facts, state: 'accepted', attempt: 0, rounds: 0, batchId: null, outcome: null, reuseUntil: null };
}

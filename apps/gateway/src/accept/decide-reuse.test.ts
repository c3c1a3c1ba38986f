import { describe, expect, test } from '@jest/globals';
import { type Outcome, type RequestRecord } from '@batch-gpt/domain';
import { sampleBatchId, sampleKey, sampleOutcome, sampleRequest } from '@batch-gpt/testing';
import { decideReuse, type Forward, type ReuseWishes } from './decide-reuse.ts';

const t0 = 1_000_000_000_000;
const minute = 60_000;
const hour = 60 * minute;
const { body: _, ...facts } = sampleRequest(1);
const plain: ReuseWishes = { noCache: false, maxAgeMs: null, isRetry: false, repeatOf: null };

type Done = Extract<RequestRecord, { state: 'done' }>;

function done(outcome: Partial<Outcome>, keepFor: number, more: Partial<Done> = {}): Done {
  return {
    ...facts,
    state: 'done',
    attempt: 1,
    rounds: 0,
    batchId: sampleBatchId(1),
    collectedAt: t0,
    outcome: sampleOutcome({ at: t0, ...outcome }),
    doneAt: t0,
    reuseUntil: t0 + keepFor,
    expiresAt: t0 + 24 * hour,
    delivered: true,
    kept: null,
    ...more,
  };
}

const pending = (outcome: Outcome | null): RequestRecord => ({
  ...facts,
  state: 'accepted',
  attempt: 0,
  rounds: 0,
  batchId: null,
  outcome,
  reuseUntil: outcome === null ? null : t0 + 10 * hour,
});

const shared = done({}, 10 * hour);
const unshareable = done({ shareable: false }, hour);
const undelivered = done({ shareable: false }, hour, { delivered: false });
const failure = done({ kind: 'failed', status: 400, shareable: false }, 3 * minute);
const beside = done({ kind: 'failed', status: 400, shareable: false, at: t0 + hour }, hour + 3 * minute, {
  doneAt: t0 + hour,
  kept: { outcome: sampleOutcome({ at: t0 }), reuseUntil: t0 + 10 * hour },
});
const askedAnew = done({}, 10 * hour, { asksAnew: true, delivered: false });
const privateRow = done({ shareable: false }, hour, { base: sampleKey(9) });

describe('an ended request', () => {
  test.each<[string, Done, Partial<ReuseWishes>, number, string]>([
    ['a shared success', shared, {}, minute, 'hit'],
    ['… at the last moment', shared, {}, 10 * hour - 1, 'hit'],
    ['… past its time', shared, {}, 10 * hour, 'stale'],
    ['… past its time, for a retry', shared, { isRetry: true }, 10 * hour, 'stale'],
    ['… young, past a short time, for a retry', done({}, minute), { isRetry: true }, 2 * minute, 'hit'],
    ['… just young enough', shared, { maxAgeMs: minute }, minute, 'hit'],
    ['… too old for the call', shared, { maxAgeMs: minute }, minute + 1, 'request'],
    ['… too old for the call, but its retry', shared, { maxAgeMs: 0, isRetry: true }, minute, 'hit'],
    ['… not wanted', shared, { noCache: true }, minute, 'request'],
    ['… not wanted, never delivered', { ...shared, delivered: false }, { noCache: true }, minute, 'request'],
    ['… not wanted, but this is the retry', shared, { noCache: true, isRetry: true }, hour - 1, 'hit'],
    ['… not wanted, and too old for the retry', shared, { noCache: true, isRetry: true }, hour, 'request'],
    ['a success that somebody asked anew for and nobody got', askedAnew, { noCache: true }, minute, 'hit'],
    ['… too old for the call', askedAnew, { maxAgeMs: 0 }, minute, 'hit'],
    ['… after an hour', askedAnew, { noCache: true }, hour, 'request'],
    ['… for everybody else', askedAnew, {}, minute, 'hit'],
    ['… delivered', { ...askedAnew, delivered: true }, { noCache: true }, minute, 'request'],
    ['an unshareable success', unshareable, {}, minute, 'miss'],
    ['… for a retry', unshareable, { isRetry: true }, hour - 1, 'hit'],
    ['… for a late retry', unshareable, { isRetry: true }, hour, 'miss'],
    ['… that nobody got', undelivered, {}, minute, 'hit'],
    ['… that nobody got, asked with no-cache', undelivered, { noCache: true }, minute, 'hit'],
    ['… that nobody got in its time', undelivered, {}, hour, 'miss'],
    [
      'whatever succeeded, for a repeat of its call',
      shared,
      { repeatOf: t0 - minute, noCache: true },
      20 * hour,
      'hit',
    ],
    ['… shareable or not', unshareable, { repeatOf: t0 - minute, maxAgeMs: 0 }, 20 * hour, 'hit'],
    ['… or private', privateRow, { repeatOf: t0 - minute }, 20 * hour, 'hit'],
    ['a failure', failure, {}, 3 * minute - 1, 'hit'],
    ['… past its time', failure, {}, 3 * minute, 'stale'],
    ['… past its time, for a retry', failure, { isRetry: true }, 3 * minute, 'stale'],
    ['… not wanted', failure, { noCache: true }, minute, 'request'],
    ['… not wanted, for a retry', failure, { noCache: true, isRetry: true }, minute, 'hit'],
    ['… for a repeat of the call that it belongs to', failure, { repeatOf: t0 - minute }, 3 * minute - 1, 'hit'],
    ['… past its time, for a repeat', failure, { repeatOf: t0 - minute }, 3 * minute, 'stale'],
    ['a private row', privateRow, {}, minute, 'hit'],
    ['… past its grace', privateRow, {}, hour, 'stale'],
  ])('%s', (_name, row, wishes, age, expected) => {
    const decision = decideReuse(row, { ...plain, ...wishes }, t0 + age);
    expect(decision.kind === 'anew' ? decision.forward : decision.kind).toBe(expected);
    if (decision.kind === 'hit') expect(decision.outcome).toBe(row.outcome);
    if (decision.kind === 'anew') expect(decision.doneAt).toBe(row.doneAt);
  });
});

describe('a failure beside a success', () => {
  const now = hour + minute;

  test.each<[string, Partial<ReuseWishes>, number, 'success' | 'failure' | Forward]>([
    ['is not seen by an ordinary call', {}, now, 'success'],
    ['… nor by its retry', { isRetry: true }, now, 'success'],
    ['… nor by who takes one of that age', { maxAgeMs: 2 * hour }, now, 'success'],
    ['answers the retry of who asked anew', { noCache: true, isRetry: true }, now, 'failure'],
    ['… or wants none of that age', { maxAgeMs: 30 * minute }, now, 'failure'],
    ['… but not another call that asks anew', { noCache: true }, now, 'request'],
    ['is over after its time', { noCache: true, isRetry: true }, hour + 3 * minute, 'stale'],
    ['answers when the success is past its time', {}, 10 * hour, 'stale'],
    ['does not touch the call that was answered with the success', { repeatOf: t0 + minute }, 20 * hour, 'success'],
    ['… or paid for it', { repeatOf: t0 - minute }, 20 * hour, 'success'],
    [
      'answers the repeat of the call that came when the success was over',
      { repeatOf: t0 + 11 * hour },
      now,
      'failure',
    ],
  ])('%s', (_name, wishes, age, expected) => {
    const decision = decideReuse(beside, { ...plain, ...wishes }, t0 + age);
    if (decision.kind !== 'hit') expect(decision).toMatchObject({ kind: 'anew', doneAt: t0 + hour, forward: expected });
    else expect(decision.outcome).toBe(expected === 'success' ? beside.kept?.outcome : beside.outcome);
  });
});

describe('a pending request', () => {
  const old = sampleOutcome({ at: t0 });

  test.each<[string, RequestRecord, Partial<ReuseWishes>, string]>([
    ['is joined', pending(null), {}, 'join'],
    ['answers from its old outcome', pending(old), {}, 'hit'],
    ['… but not who asks anew', pending(old), { noCache: true }, 'join'],
    ['… nor the retry of that', pending(old), { noCache: true, isRetry: true }, 'join'],
    ['… nor who wants a younger one', pending(old), { maxAgeMs: 1 }, 'join'],
    [
      'answers every repeat of the call that paid for it',
      pending(old),
      { noCache: true, repeatOf: t0 - minute },
      'hit',
    ],
    ['… not that of the call that started the run', pending(old), { repeatOf: t0 + 11 * hour }, 'join'],
    ['never from an outcome that may not be shared', pending({ ...old, shareable: false }), {}, 'join'],
  ])('%s', (_name, row, wishes, expected) => {
    expect(decideReuse(row, { ...plain, ...wishes }, t0 + minute).kind).toBe(expected);
  });

  test('does not answer from an old outcome past its time', () => {
    expect(decideReuse(pending(old), plain, t0 + 10 * hour).kind).toBe('join');
  });
});

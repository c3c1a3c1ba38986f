import { describe, expect, test } from '@jest/globals';
import { holdPlan, type HoldSettings, type HoldWishes } from './hold-plan.ts';

const settings: HoldSettings = {
  max: 570_000,
  begunMax: 86_400_000,
  json: 'interim',
  interimAfter: 15_000,
  interimEvery: 14_000,
  bodyAfter: 6000,
  bodyEvery: 13_000,
  streamAfter: 5000,
  streamEvery: 12_000,
};
const json: HoldWishes = { stream: false, waitMs: null, hold: null, holdMax: null };
const stream: HoldWishes = { ...json, stream: true };

type Headers = Readonly<Record<string, string>>;
const plan = (headers: Headers, wishes = json, change: Partial<HoldSettings> = {}, httpVersion = '1.1') =>
  holdPlan({ headers, httpVersion }, { ...settings, ...change }, wishes);

const js = { 'x-stainless-lang': 'js' };
const wantsBody = { 'batch-hold': 'body' };

describe('JSON whose status is free', () => {
  test.each<[Headers, object]>([
    [{}, { kind: 'none', limit: 570_000 }],
    [js, { kind: 'interim', limit: 570_000, after: 15_000, every: 14_000 }],
    [{ 'x-stainless-lang': 'python' }, { kind: 'interim' }],
    [{ 'x-stainless-lang': 'go' }, { kind: 'none' }],
    [{ 'batch-hold': 'interim' }, { kind: 'interim' }],
    [{ ...js, 'batch-hold': 'none' }, { kind: 'none' }],
    [{ ...js, 'batch-hold': 'tomorrow' }, { kind: 'interim' }],
    [{ 'x-stainless-timeout': '100' }, { limit: 95_000 }],
    [{ 'x-stainless-timeout': '600' }, { limit: 570_000 }],
    [{ 'x-stainless-timeout': '7200' }, { limit: 570_000 }],
    [{ 'x-stainless-read-timeout': '2.5' }, { limit: 2000 }],
    [{ 'x-stainless-timeout': '60', 'x-stainless-read-timeout': '20' }, { limit: 19_000 }],
    [{ 'x-stainless-timeout': '0.4' }, { limit: 200 }],
    [{ 'x-stainless-timeout': '0' }, { limit: 570_000 }],
    [{ 'x-stainless-timeout': 'NaN' }, { limit: 570_000 }],
  ])('%j', (headers, expected) => {
    expect(plan(headers)).toMatchObject(expected);
  });

  test('ends when the caller wants its handle, if that is earlier', () => {
    expect(plan({}, { ...json, waitMs: 1000 }).limit).toBe(1000);
    expect(plan({}, { ...json, waitMs: 1e9 }).limit).toBe(570_000);
  });

  test("the tenant's own limit stands in for the deployment's, not for the client's", () => {
    expect(plan({}, { ...json, holdMax: 1000 }).limit).toBe(1000);
    expect(plan({}, { ...json, holdMax: 3_600_000 }).limit).toBe(3_600_000);
    expect(plan({ 'x-stainless-timeout': '600' }, { ...json, holdMax: 3_600_000 }).limit).toBe(570_000);
  });
});

describe('an early body', () => {
  test.each<[string, Headers, HoldWishes, Partial<HoldSettings>, string]>([
    ['is what the call asked for', wantsBody, json, {}, 'body'],
    ['is what the tenant wants', js, { ...json, hold: 'body' }, {}, 'body'],
    ['is what the deployment wants', js, json, { json: 'body' }, 'body'],
    ['is not what the tenant wants', js, { ...json, hold: 'none' }, { json: 'body' }, 'none'],
    ['is not what the call wants', { ...js, 'batch-hold': 'interim' }, { ...json, hold: 'body' }, {}, 'interim'],
    ['is no use to a stream', wantsBody, stream, {}, 'stream'],
    ['would take the status from a handle', wantsBody, { ...json, waitMs: 1000 }, {}, 'none'],
    [
      'would take the status from a handle, but something else can be done',
      js,
      { ...json, waitMs: 1000, hold: 'body' },
      {},
      'interim',
    ],
  ])('%s', (_name, headers, wishes, change, kind) => {
    expect(plan(headers, wishes, change).kind).toBe(kind);
  });

  test('is not cut at the limit of a client that measures from byte to byte; its silence is', () => {
    expect(plan({ ...wantsBody, 'x-stainless-timeout': '600' })).toEqual({
      kind: 'body',
      limit: 86_400_000,
      after: 6000,
      every: 13_000,
    });
    expect(plan({ ...wantsBody, 'x-stainless-read-timeout': '4' })).toMatchObject({ after: 3500, every: 3500 });
  });
});

describe('a stream', () => {
  test('begins after a few seconds and is not cut at the limits of the client', () => {
    const expected = { kind: 'stream', limit: 86_400_000, after: 5000, every: 12_000 };
    expect(plan({}, stream)).toEqual(expected);
    expect(plan({ 'x-stainless-timeout': '600' }, stream)).toEqual(expected);
  });

  test('shows life before its client gives up', () => {
    expect(plan({ 'x-stainless-timeout': '4' }, stream)).toMatchObject({ limit: 86_400_000, after: 3500, every: 3500 });
    expect(plan({ 'x-stainless-timeout': '0.001' }, stream)).toMatchObject({ after: 500, every: 500 });
  });

  test('keeps its status for the handle that a caller wants in the end', () => {
    expect(plan(js, { ...stream, waitMs: 60_000 })).toMatchObject({ kind: 'interim', limit: 60_000 });
  });

  test("is bounded by the tenant's own limit", () => {
    expect(plan({}, { ...stream, holdMax: 60_000 }).limit).toBe(60_000);
  });
});

test('HTTP/1.0 knows no interim answers and no chunks, but a stream may end with the connection', () => {
  expect(plan(js, json, {}, '1.0').kind).toBe('none');
  expect(plan(wantsBody, json, {}, '1.0').kind).toBe('none');
  expect(plan(js, stream, {}, '1.0').kind).toBe('stream');
});

import { describe, expect, it } from '@jest/globals';
import { batchId, requestKey } from '@batch-gpt/contracts';
import type { Member } from '../request.ts';
import { decideLine } from './decide-line.ts';
import { countsAgree, decideMissing } from './decide-missing.ts';
import type { LineContext } from './line-decision.ts';
import { readResultRow } from './read-result-row.ts';

const key = requestKey.parse('a'.repeat(64));
const ctx: LineContext = { batchId: batchId.parse(`batch_${'0'.repeat(32)}`), at: 1000, cancelled: false };
const member: Member = {
  key,
  isPrivate: false,
  attempt: 0,
  rounds: 0,
  shareable: true,
  limited: false,
  cacheTtl: null,
  endpoint: '/v1/chat/completions',
};

const line = (rest: string) => `{"id":"batch_req_1","custom_id":"${key}",${rest}}`;
const answered = (status: number, body: string) =>
  line(`"response":{"status_code":${status},"request_id":"req_9","body":${body}},"error":null`);
const unanswered = (code: string | null) =>
  line(`"response":null,"error":${JSON.stringify({ code, message: 'Not run.' })}`);

function decide(text: string, who: Partial<Member> = {}, where: Partial<LineContext> = {}) {
  const row = readResultRow(text);
  if (row === null) throw new Error('no row');
  return decideLine(row, { ...member, ...who }, { ...ctx, ...where });
}

const chat = (end: string) => `{"choices":[{"finish_reason":"${end}"}],"usage":{"prompt_tokens":3}}`;
const error = '{"error":{"message":"No such model.","type":"invalid_request_error","param":"model","code":"nope"}}';

describe('a success', () => {
  it('is stored as it was sent, with its usage and the provider’s request id', () => {
    const body =
      '{"seed": 12345678901234567890, "choices": [{"finish_reason": "stop"}], "usage": {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14, "prompt_tokens_details": {"cached_tokens": 2}}}';
    expect(decide(answered(200, body), { attempt: 1 })).toEqual({
      kind: 'settled',
      attempt: 2,
      outcome: {
        kind: 'succeeded',
        status: 200,
        body,
        shareable: true,
        usage: { inputTokens: 10, outputTokens: 4, cachedTokens: 2, totalTokens: 14 },
        providerRequestId: 'req_9',
        batchId: ctx.batchId,
        at: 1000,
      },
    });
  });

  it('reads the usage of responses and embeddings', () => {
    const response =
      '{"status":"completed","usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":1},"output_tokens":6,"total_tokens":11}}';
    expect(decide(answered(200, response), { endpoint: '/v1/responses' })).toMatchObject({
      outcome: { usage: { inputTokens: 5, outputTokens: 6, cachedTokens: 1, totalTokens: 11 } },
    });
    const embedding = '{"data":[],"usage":{"prompt_tokens":8,"total_tokens":8}}';
    expect(decide(answered(200, embedding), { endpoint: '/v1/embeddings' })).toMatchObject({
      outcome: { shareable: true, usage: { inputTokens: 8, outputTokens: 0, cachedTokens: 0, totalTokens: 8 } },
    });
    const images =
      '{"data":[],"usage":{"input_tokens":3,"output_tokens":4,"total_tokens":7},"svg_usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}';
    expect(decide(answered(200, images), { endpoint: '/v1/images/generations' })).toMatchObject({
      outcome: { usage: { inputTokens: 4, outputTokens: 6, cachedTokens: 0, totalTokens: 10 } },
    });
    expect(decide(answered(200, '{"results":[]}'), { endpoint: '/v1/moderations' })).toMatchObject({
      outcome: { shareable: true, usage: null },
    });
    expect(decide(answered(200, '{"choices":[]}'))).toMatchObject({ outcome: { usage: null } });
  });

  it.each<[string, string, Partial<Member>, boolean]>([
    ['a chat that stopped', chat('stop'), {}, true],
    ['a chat that called a tool', chat('tool_calls'), {}, true],
    ['a request that may not be shared', chat('stop'), { shareable: false }, false],
    ['a filtered chat', chat('content_filter'), { limited: true }, false],
    ['a chat cut at the model’s own limit', chat('length'), {}, false],
    ['a chat cut at the caller’s limit', chat('length'), { limited: true }, true],
    ['a chat without choices', '{"choices":[]}', {}, false],
    ['a completion cut at its limit', chat('length'), { endpoint: '/v1/completions', limited: true }, true],
    ['a filtered completion', chat('content_filter'), { endpoint: '/v1/completions', limited: true }, false],
    ['pictures', '{"data":[{"b64_json":"eA=="}]}', { endpoint: '/v1/images/generations' }, true],
    ['links to pictures', '{"data":[{"url":"https://x/y.png"}]}', { endpoint: '/v1/images/generations' }, false],
    ['a picture and a link', '{"data":[{"b64_json":"eA=="},{}]}', { endpoint: '/v1/images/generations' }, false],
    ['no pictures', '{"data":[]}', { endpoint: '/v1/images/generations' }, false],
    ['no moderations', '{"id":"modr-1"}', { endpoint: '/v1/moderations' }, false],
    ['a completed response', '{"status":"completed"}', { endpoint: '/v1/responses' }, true],
    ['a failed response', '{"status":"failed"}', { endpoint: '/v1/responses' }, false],
    [
      'a response cut at the model’s own limit',
      '{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}',
      { endpoint: '/v1/responses' },
      false,
    ],
    [
      'a response cut at the caller’s limit',
      '{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}',
      { endpoint: '/v1/responses', limited: true },
      true,
    ],
    [
      'a filtered response',
      '{"status":"incomplete","incomplete_details":{"reason":"content_filter"}}',
      { endpoint: '/v1/responses', limited: true },
      false,
    ],
  ])('may be shared or not: %s', (_name, body, who, shareable) => {
    expect(decide(answered(200, body), who)).toMatchObject({ kind: 'settled', outcome: { shareable } });
  });

  it('counts even after a cancel: it is paid', () => {
    expect(decide(answered(200, chat('stop')), {}, { cancelled: true })).toMatchObject({ kind: 'settled' });
  });
});

describe('a refusal', () => {
  it.each([400, 401, 403, 404, 413, 422])('with %i is delivered as the provider sent it', (status) => {
    expect(decide(answered(status, error))).toMatchObject({
      kind: 'settled',
      attempt: 1,
      outcome: { kind: 'failed', status, body: error, shareable: false, providerRequestId: 'req_9' },
    });
  });

  it('gets an envelope when it came without one', () => {
    const decision = decide(answered(400, '"odd"'));
    expect(decision).toMatchObject({ kind: 'settled', outcome: { status: 400 } });
    expect(decision.kind === 'settled' && JSON.parse(decision.outcome.body)).toMatchObject({
      error: { code: 'provider_refused', type: 'invalid_request_error' },
    });
  });
});

const failures: [string, string, string][] = [
  ['408', answered(408, error), 'status_408'],
  ['429', answered(429, error), 'status_429'],
  ['500', answered(500, error), 'status_500'],
  ['503', answered(503, 'null'), 'status_503'],
  ['status 0', answered(0, '{}'), 'status_0'],
  ['a status that is no number', line('"response":{"status_code":"odd","body":{}}'), 'status_0'],
  ['a 200 without a body', answered(200, 'null'), 'status_200'],
  ['a timeout', unanswered('request_timeout'), 'request_timeout'],
  ['an unknown code', unanswered('never_seen'), 'never_seen'],
  ['no answer and no reason', line('"response":null,"error":null'), 'no_answer'],
];

describe('a failure on the provider’s side', () => {
  it.each(failures)('is sent again as an attempt after %s', (_name, text, reason) => {
    expect(decide(text, { attempt: 1, rounds: 4 })).toEqual({
      kind: 'again',
      countsAsAttempt: true,
      reason,
      attempt: 2,
      rounds: 4,
    });
  });

  // field 4
  it('fails after the third attempt, with the provider’s last word inside', () => {
    const decision = decide(answered(500, error), { attempt: 2 });
    expect(decision).toMatchObject({ kind: 'failed', attempt: 3, outcome: { kind: 'failed', status: 502 } });
    expect(decision.kind === 'failed' && JSON.parse(decision.outcome.body)).toEqual({
      error: {
        message: 'The provider failed this request 3 times; the last time: No such model.',
        type: 'server_error',
        param: null,
        code: 'attempts_exhausted',
      },
    });
  });

  it.each(failures)('is never sent again after a cancel: %s', (_name, text) => {
    expect(decide(text, {}, { cancelled: true })).toMatchObject({
      kind: 'failed',
      outcome: { status: 409, body: expect.stringContaining('batch_cancelled') },
    });
  });
});

describe('a line that was not run', () => {
  it('goes back without counting as an attempt when the batch expired', () => {
    expect(decide(unanswered('batch_expired'), { attempt: 2, rounds: 8 })).toEqual({
      kind: 'again',
      countsAsAttempt: false,
      reason: 'batch_expired',
      attempt: 2,
      rounds: 9,
    });
  });

  it('fails after ten rounds', () => {
    expect(decide(unanswered('batch_expired'), { rounds: 9 })).toMatchObject({
      kind: 'failed',
      attempt: 0,
      outcome: { status: 503, body: expect.stringMatching(/10 batches.*Not run\..*rounds_exhausted/) },
    });
  });

  it('fails when it was cancelled, whoever cancelled', () => {
    expect(decide(unanswered('batch_cancelled'))).toMatchObject({
      kind: 'failed',
      attempt: 0,
      outcome: { status: 409, body: expect.stringContaining('batch_cancelled') },
    });
    expect(decide(unanswered('batch_expired'), {}, { cancelled: true })).toMatchObject({
      kind: 'failed',
      outcome: { body: expect.stringContaining('batch_cancelled') },
    });
  });
});

describe('a line without a row', () => {
  const missing = (agree: boolean, who: Partial<Member> = {}, cancelled = false) =>
    decideMissing({ ...member, ...who }, { ...ctx, cancelled, countsAgree: agree });

  it('is sent again as an attempt when the counts prove that it was not completed', () => {
    expect(missing(true)).toMatchObject({ kind: 'again', countsAsAttempt: true, attempt: 1 });
    expect(missing(true, { attempt: 2 })).toMatchObject({
      kind: 'failed',
      outcome: { body: expect.stringContaining('attempts_exhausted') },
    });
  });

  it('fails when it may have been paid', () => {
    expect(missing(false)).toMatchObject({
      kind: 'failed',
      outcome: { status: 502, body: expect.stringContaining('result_missing') },
    });
  });

  it('fails after a cancel', () => {
    expect(missing(true, {}, true)).toMatchObject({
      kind: 'failed',
      outcome: { body: expect.stringContaining('batch_cancelled') },
    });
  });

  it('is proven by both counts together', () => {
    const counts = (total: number, completed: number) =>
      ({ status: 'completed', counts: { total, completed, failed: 0 } }) as never;
    expect(countsAgree(counts(3, 2), 3, 2)).toBe(true);
    expect(countsAgree(counts(3, 3), 3, 2)).toBe(false);
    expect(countsAgree(counts(2, 2), 3, 2)).toBe(false);
    expect(countsAgree(null, 3, 2)).toBe(false);
  });
});

describe('readResultRow', () => {
  it.each(['', 'null', '[]', '{"custom_id":7}', '{"custom_id":"a"', 'not json'])('takes %p for no row', (text) => {
    expect(readResultRow(text)).toBeNull();
  });

  it('reads past a byte order mark and a carriage return', () => {
    expect(readResultRow(`\uFEFF${answered(200, '{"a":1}')}\r`)).toMatchObject({ custom_id: key, bodyText: '{"a":1}' });
  });
});

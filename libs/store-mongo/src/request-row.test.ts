import { describe, expect, it } from '@jest/globals';
import { sampleKey, sampleOutcome, sampleRequest } from '@batch-gpt/testing';
import { toMemberBody, toRequestRecord, toRequestRow, type RequestRow } from './request-row.ts';

describe('a document of requests', () => {
  it('leaves out what its state does not have', () => {
    const row = toRequestRow(sampleRequest(1));
    expect(row).not.toHaveProperty('base');
    expect(row).not.toHaveProperty('batchId');
    expect(toRequestRow(sampleRequest(1, { base: sampleKey(2) })).base).toBe(sampleKey(2));
  });

  it.each<[string, Partial<RequestRow>]>([
    ['collected without a batch', { state: 'collected' }],
    ['done without an outcome', { state: 'done', doneAt: 1, reuseUntil: 1, expiresAt: 1 }],
    ['in a state that is none', { state: 'lost' as 'done' }],
  ])('is refused when it is %s', (_, fields) => {
    const row = { ...toRequestRow(sampleRequest(1)), ...fields };
    expect(() => toRequestRecord(row)).toThrow(expect.objectContaining({ code: 'internal_error' }));
  });

  it('that an earlier version ended with a success keeps nothing beside that', () => {
    const { body, ...facts } = sampleOutcome();
    const kept = { outcome: { ...facts, body: '{"old":true}' }, reuseUntil: 5 };
    const ended = { state: 'done', doneAt: 1, reuseUntil: 1, expiresAt: 1, kept } as const;
    const row = (kind: 'succeeded' | 'failed'): RequestRow => ({
      ...toRequestRow(sampleRequest(1)),
      ...{ ...ended, outcome: { ...facts, kind, body } },
    });
    expect(toRequestRecord(row('succeeded'))).toMatchObject({ outcome: { body }, kept: null });
    expect(toRequestRecord(row('failed'))).toMatchObject({ outcome: { body }, kept });
  });

  it('is refused as a member when its body is missing', () => {
    expect(() => toMemberBody({ _id: sampleKey(1) })).toThrow(expect.objectContaining({ code: 'internal_error' }));
  });
});

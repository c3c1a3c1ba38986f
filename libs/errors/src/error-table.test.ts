import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type ErrorRule, errorTable, isErrorCode } from './error-table.ts';

const rules = Object.entries<ErrorRule>(errorTable);
const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([a-z_]+)`\s*\| (\d{3})\s*\| (never|later|now)\s*\|/gm)].map(
  ([, code, status, retry]) => `${String(code)} ${String(status)} ${String(retry)}`,
);

describe('errorTable', () => {
  it('lists the same codes, with the same status and retry, as docs/errors.md', () => {
    expect(rows.toSorted()).toEqual(rules.map(([code, rule]) => `${code} ${rule.status} ${rule.retry}`).toSorted());
  });

  it('never asks to repeat what is the caller’s to change', () => {
    const callers = rules.filter(([, { status }]) => status < 500 && status !== 429);
    expect(callers.length).toBeGreaterThan(10);
    expect(callers.filter(([, { retry }]) => retry !== 'never')).toEqual([]);
  });

  it.each([
    [401, 'invalid_request_error'],
    [403, 'invalid_request_error'],
    [500, 'server_error'],
    [502, 'server_error'],
    [503, 'service_unavailable_error'],
  ])('gives status %d the type %s', (status, type) => {
    const types = rules.filter(([, rule]) => rule.status === status).map(([, rule]) => rule.type);
    expect(new Set(types)).toEqual(new Set([type]));
  });

  it('tells limits that pass by themselves from those that money or an operator lifts', () => {
    const limits = rules.filter(([, rule]) => rule.status === 429).map(([, { type, retry }]) => `${type} ${retry}`);
    expect(new Set(limits)).toEqual(new Set(['insufficient_quota never', 'rate_limit_error later']));
  });

  it('hides messages of status 500 and no others', () => {
    expect(rules.filter(([, { hidden, status }]) => hidden !== (status === 500))).toEqual([]);
  });

  it('knows its own codes only', () => {
    expect(isErrorCode('conflict')).toBe(true);
    expect(isErrorCode('toString')).toBe(false);
    expect(isErrorCode('context_length_exceeded')).toBe(false);
  });
});

import { requestState } from '@batch-gpt/contracts';
import { type RequestQuery } from '@batch-gpt/status-client';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads `3fa8 state:done tenant:acme model:"a name" since:2h`; a text says what is wrong with it. `now` in Unix seconds. */
export function parseRequestFilter(text: string, now: number): RequestQuery | string {
  let filter: RequestQuery = {};
  for (const word of text.match(/\w+:"[^"]*"|\S+/g) ?? []) {
    const read = readWord(word, now);
    if (typeof read === 'string') return read;
    filter = { ...filter, ...read };
  }
  return filter;
}

function readWord(word: string, now: number): RequestQuery | string {
  const [, name = '', given = ''] = /^(\w+):(.*)$/.exec(word) ?? [];
  const value = given.replace(/^"(.*)"$/, '$1');
  if (name === '') {
    const key = word.toLowerCase();
    return /^[0-9a-f]{1,64}$/.test(key) ? { key } : `"${word}" is not the beginning of a request's id`;
  }
  if (value === '') return `${name}: of what?`;
  switch (name) {
    case 'tenant':
      return { tenant: value };
    case 'model':
      return { model: value };
    case 'state': {
      const state = requestState.safeParse(value);
      return state.success ? { state: state.data } : `state: is one of ${requestState.options.join(', ')}`;
    }
    case 'since': {
      const [, amount = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
      const seconds = units[unit];
      return seconds === undefined
        ? 'since: is a time ago, like 30m, 2h or 7d'
        : { since: Math.max(0, Math.floor(now - Number(amount) * seconds)) };
    }
    default:
      return `${name}: is unknown; there are state: tenant: model: since:`;
  }
}

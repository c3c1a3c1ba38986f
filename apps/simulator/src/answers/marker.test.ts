import { expect, test } from '@jest/globals';
import { answerTextFor } from './answer-for.ts';
import { markerFor, parseMarker, timesOf } from './marker.ts';

const chat = (content: string) => ({ model: 'gpt-6-luna', messages: [{ role: 'user', content }] });
const textOf = (content: string): string => answerTextFor('/v1/chat/completions', chat(content));

test.each([
  ['500', { name: '500', count: null }],
  ['500:2', { name: '500', count: 2 }],
  ['big:64000', { name: 'big', count: 64_000 }],
  ['big:640000', null],
  ['nothing', null],
  ['500:', null],
  ['constructor', null],
])('%s reads as %j', (text, marker) => {
  expect(parseMarker(text)).toEqual(marker);
  expect(markerFor('/v1/chat/completions', chat(`before [[simulate:${text}]] after`))).toEqual(marker);
});

test('the number is how often a marker bites, and the size of a big answer, which is big every time', () => {
  expect(timesOf({ name: '500', count: 2 })).toBe(2);
  expect(timesOf({ name: '500', count: null })).toBeNull();
  expect(timesOf({ name: 'big', count: 2 })).toBeNull();
});

test('a big answer has about its kilobytes, a thousand without a number and 64,000 at most', () => {
  const kilobytes = (marker: string): number => Math.round(textOf(`[[simulate:${marker}]]`).length / 1000);
  expect(['big:2', 'big', 'big:99999'].map(kilobytes)).toEqual([2, 1000, 64_000]);
});

test('line separators are raw in the JSON of an answer', () => {
  expect(JSON.stringify(textOf('[[simulate:line_separator]]'))).toMatch(/\u2028 \u2029 \u0085 end"$/);
});

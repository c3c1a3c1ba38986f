/*
 * V8 13.6 and others (https://github.com/nodejs/node/issues/63785) parse a member's name wrongly if it is written with
 * an escape and an earlier object had, in its place, a name that looks like the beginning of that escape: after
 * `{"a":1,"\\":2}` the text `{"a":1,"\u00e9":2}` comes out with the name `\`. Two calls that mean different things
 * would have one key, and the provider would get what nobody wrote. Texts with such names are read here instead.
 */
import { readNumber } from './numbers.ts';
import { stringEnd } from './string-end.ts';

/** Whether a valid JSON text has a member whose name is written with an escape; a linear scan. */
export function hasEscapedName(text: string): boolean {
  for (let escape = text.indexOf('\\'); escape !== -1;) {
    const end = stringEnd(text, escape);
    if (text[skipBlank(text, end + 1)] === ':') return true;
    escape = text.indexOf('\\', end);
  }
  return false;
}

/** Reads a text that is known to be valid JSON; the same value as `parseJson` means, by a slower way. */
export function readValidJson(text: string): unknown {
  return valueAt(text, 0).value;
}

interface Read<T> {
  readonly value: T;
  /** Index after the value. */
  readonly end: number;
}

function valueAt(text: string, from: number): Read<unknown> {
  const start = skipBlank(text, from);
  const first = text[start];
  if (first === '{') return objectAt(text, start);
  if (first === '[') return listAt(text, start);
  return first === '"' ? stringAt(text, start) : scalarAt(text, start);
}

function objectAt(text: string, start: number): Read<object> {
  const value = {};
  let at = skipBlank(text, start + 1);
  while (text[at] !== '}') {
    const name = stringAt(text, text[at] === ',' ? skipBlank(text, at + 1) : at);
    const member = valueAt(text, skipBlank(text, name.end) + 1);
    // Not an assignment: `__proto__` is a name like any other.
    Object.defineProperty(value, name.value, {
      value: member.value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
    at = skipBlank(text, member.end);
  }
  return { value, end: at + 1 };
}

function listAt(text: string, start: number): Read<unknown[]> {
  const value: unknown[] = [];
  let at = skipBlank(text, start + 1);
  while (text[at] !== ']') {
    const item = valueAt(text, text[at] === ',' ? at + 1 : at);
    value.push(item.value);
    at = skipBlank(text, item.end);
  }
  return { value, end: at + 1 };
}

function stringAt(text: string, start: number): Read<string> {
  const end = stringEnd(text, start) + 1;
  return { value: JSON.parse(text.slice(start, end)) as string, end };
}

function scalarAt(text: string, start: number): Read<unknown> {
  scalar.lastIndex = start;
  const [source = ''] = scalar.exec(text) ?? [];
  const isNumber = /^[-\d]/.test(source);
  return { value: isNumber ? readNumber(source) : (JSON.parse(source) as unknown), end: start + source.length };
}

const scalar = /[^,\]}\s]+/y;
const notBlank = /[^ \t\r\n]/g;

function skipBlank(text: string, from: number): number {
  notBlank.lastIndex = from;
  return notBlank.exec(text)?.index ?? text.length;
}

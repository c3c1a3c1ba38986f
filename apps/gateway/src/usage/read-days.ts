import { AppError } from '@batch-gpt/errors';
import { z } from 'zod';

/** Days of one report, at most. */
export const mostDays = 92;

const msPerDay = 86_400_000;

/** The first and the last day of a report, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A day as it is given: `2026-11-24`. */
export const day = z.iso.date();

/** Reads `from` and `to`; the month of `to` where `from` is not given, up to today where `to` is not. Throws AppError `invalid_value`. */
export function readDays(query: Readonly<Record<string, unknown>>, now: number): Days {
  const to = readDay('to', query['to']) ?? dayOf(now);
  const from = readDay('from', query['from']) ?? `${to.slice(0, 7)}-01`;
  if (from > to) throw invalid('from', 'a day that is not after `to`');
  if ((Date.parse(to) - Date.parse(from)) / msPerDay >= mostDays) {
    throw invalid('from', `at most ${mostDays} days, \`from\` and \`to\` included`);
  }
  return { from, to };
}

/** The days in pieces of a week, so that nobody waits long for one of them. */
export function* weeksOf({ from, to }: Days): Generator<Days> {
  for (let first = from; first <= to;) {
    const last = dayOf(Date.parse(first) + 6 * msPerDay);
    yield { from: first, to: last < to ? last : to };
    first = dayOf(Date.parse(last) + msPerDay);
  }
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

function readDay(name: string, given: unknown): string | null {
  if (given === undefined) return null;
  const parsed = day.safeParse(given);
  if (!parsed.success) throw invalid(name, 'a day like 2026-11-24');
  return parsed.data;
}

const invalid = (name: string, expected: string): AppError =>
  new AppError('invalid_value', `Invalid '${name}': expected ${expected}.`, { param: name });

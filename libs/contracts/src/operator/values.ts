import { z } from 'zod';

/** Unix seconds, with milliseconds as their fraction: windows are short. */
export const time = z.number().min(0);

/** How many. */
export const count = z.int().min(0);

/** A length of time in seconds. */
export const duration = z.number().min(0);

/** US dollars. */
export const dollars = z.number();

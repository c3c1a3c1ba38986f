import { type RequestBody } from './endpoint.ts';

/** Texts are drawn anew each time unless the temperature is 0; the API's own default is 1. */
export const isSampled = ({ temperature }: RequestBody): boolean => temperature !== 0;

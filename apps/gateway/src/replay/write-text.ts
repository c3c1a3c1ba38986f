import { type ServerResponse } from 'node:http';
import { isOpen } from '../respond/is-open.ts';
import { drained, type Pace } from './write-events.ts';

/** How much is written in one turn, in UTF-16 units. */
const slice = 65_536;

/**
 * Writes a text as the rest of an answer and ends it, as fast as the client takes it: Node would copy all of it for each
 * client, and keep the copy for one that does not read. A text of one slice is written at once.
 */
export async function writeText(res: ServerResponse, text: string, pace: Pace): Promise<void> {
  let at = 0;
  while (text.length - at > slice) {
    if (!isOpen(res)) return;
    const end = endOfSlice(text, at + slice);
    if (!res.write(text.slice(at, end))) await drained(res, pace);
    await pace.takeTurn();
    at = end;
  }
  if (isOpen(res)) res.end(text.slice(at));
}

/** Both halves of a surrogate pair are written together: each alone would become another character. */
const endOfSlice = (text: string, end: number): number =>
  /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end;

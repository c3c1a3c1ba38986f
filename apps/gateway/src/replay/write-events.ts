import { type ServerResponse } from 'node:http';
import { type StreamEvent } from '@batch-gpt/domain';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Headers } from '../respond/answer-headers.ts';
import { isOpen } from '../respond/is-open.ts';
import { type TakeTurn } from './take-turns.ts';

/** How much is made and written in one turn, in UTF-16 units. */
const slice = 32_768;
/** A client that takes nothing for so long is given up, in milliseconds: what it is sent lies in memory. */
const longestStall = 300_000;

/** What answers are written by. */
export interface Pace extends Pick<GatewayClock, 'after'> {
  readonly takeTurn: TakeTurn;
}

/** Begins an answer of server-sent events, which no proxy may keep back. */
export function beginStream(res: ServerResponse, headers: Headers): void {
  res.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
}

/**
 * Says something that clients skip: it only keeps the connection alive, or helps whoever reads it himself. No blank line
 * follows: OpenAI's client for Go, up to 3.1 at least, takes one for the end of an event that it then cannot parse.
 */
export function writeComment(res: ServerResponse, text: string): void {
  if (isOpen(res)) res.write(`: ${text}\n`);
}

/** Writes a few events of an answer that goes on. */
export function writeSome(res: ServerResponse, events: readonly StreamEvent[]): void {
  if (isOpen(res)) res.write(events.map(eventText).join(''));
}

/**
 * Writes events as the rest of an answer and ends it. Events are made as fast as the client takes them; when it goes
 * away no more of them are made.
 */
export async function writeEvents(res: ServerResponse, events: Iterable<StreamEvent>, pace: Pace): Promise<void> {
  let text = '';
  for (const event of events) {
    text += eventText(event);
    if (text.length < slice) continue;
    if (!isOpen(res)) return;
    if (!res.write(text)) await drained(res, pace);
    text = '';
    await pace.takeTurn();
  }
  if (isOpen(res)) res.end(text);
}

/** JSON has line breaks between its tokens only, where a blank is the same. */
function eventText({ name, data }: StreamEvent): string {
  return `${name === null ? '' : `event: ${name}\n`}data: ${data.replace(/[\r\n]+/g, ' ')}\n\n`;
}

/** Resolves once there is room again, or nobody to write for. */
export async function drained(res: ServerResponse, { after }: Pace): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const go = () => resolve(undefined);
  let cancel = after(longestStall, stalled);
  function stalled(): void {
    // An answer that waits for the one before it on its connection has no socket yet.
    if (res.socket === null) cancel = after(longestStall, stalled);
    else res.destroy();
  }
  res.once('drain', go).once('close', go);
  await promise;
  cancel();
  res.off('drain', go).off('close', go);
}

import { type ServerResponse } from 'node:http';
import { beginBody } from '../respond/write-json.ts';
import { type Headers } from '../respond/answer-headers.ts';
import { beginStream, writeComment } from '../replay/write-events.ts';
import { isOpen } from '../respond/is-open.ts';
import { type Lifeline } from './hold-plan.ts';

/** Sends one sign of life; nothing to a client that is gone, does not read, or waits for another answer first. `headers` are those of an early answer. */
export function sendBeat(kind: Lifeline, res: ServerResponse, headers: () => Headers): void {
  if (!isOpen(res) || res.socket === null || res.writableNeedDrain) return;
  switch (kind) {
    case 'none':
      return;
    case 'interim':
      if (res.headersSent) return;
      res.writeProcessing();
      // A proxy may take the first interim answer for the final one and the rest for its body, as nginx 1.22 does: all of
      // it arrives, but the proxy sees no end to it, and the client's next call on that connection would hang.
      res.shouldKeepAlive = false;
      return;
    case 'body':
      if (!res.headersSent) beginBody(res, headers());
      res.write(' ');
      return;
    case 'stream':
      if (!res.headersSent) beginStream(res, headers());
      writeComment(res, 'still processing');
  }
}

/*
 * One listener's stream of events.
 *
 *   open ── snapshot ──▶ open        the client takes what is written
 *    │ ▲
 *    │ └── drained: the latest snapshot, if it is another one
 *    ▼
 *   full ── snapshot ──▶ full        only the latest is remembered; actions and heartbeats are left out
 *
 * It ends when its client goes, and when the gateway stops.
 */
import { type AuditEntry, type OperatorEvent, type OperatorSnapshot } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import { type Request, type Response } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { isOpen } from '../respond/is-open.ts';
import { type SnapshotFeed } from './snapshot-feed.ts';

export interface EventStreamsOptions {
  readonly feed: SnapshotFeed;
  readonly clock: Pick<GatewayClock, 'after'>;
}

export interface EventStreams {
  /** `GET /admin/events`. */
  readonly serve: (req: Request, res: Response) => Promise<void>;
  /** Tells every listener what an operator did. */
  tell(entry: AuditEntry): void;
  /** Ends every stream, and every later one at once: listeners come back to another gateway. */
  end(): void;
}

const mostListeners = 100;
/** Milliseconds between heartbeats; load balancers end what is silent for a minute. */
const beatEvery = 15_000;
/** How long a client had better wait before it comes back, in milliseconds. */
const comeBackAfter = 1000;

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

interface Listener {
  tell(entry: AuditEntry): void;
  end(): void;
}

export function createEventStreams({ feed, clock }: EventStreamsOptions): EventStreams {
  const listeners = new Set<Listener>();
  let over = false;
  const isOver = (): boolean => over;

  return {
    serve: async (req, res) => {
      if (req.method === 'HEAD') {
        res.writeHead(200, streamHeaders).end();
        return;
      }
      if (isOver()) throw new AppError('shutting_down', 'This gateway is stopping; connect again.');
      if (listeners.size >= mostListeners) {
        throw new AppError('too_many_waiters', `This gateway serves ${mostListeners} event streams already.`);
      }
      // The place is taken before anything is waited for.
      const place: Listener = { tell: () => undefined, end: () => undefined };
      listeners.add(place);
      try {
        // An error still has its status.
        const first = await feed.current();
        listeners.delete(place);
        if (!isOpen(res)) return;
        const listener = openStream(res, { feed, clock, first, seen: req.get('last-event-id') ?? null });
        listeners.add(listener);
        res.once('close', () => {
          listeners.delete(listener);
          listener.end();
        });
        // It may have become over meanwhile.
        if (isOver()) listener.end();
      } finally {
        listeners.delete(place);
      }
    },
    tell: (entry) => {
      for (const listener of listeners) listener.tell(entry);
    },
    end: () => {
      over = true;
      for (const listener of [...listeners]) listener.end();
    },
  };
}

interface StreamStart extends EventStreamsOptions {
  readonly first: OperatorSnapshot;
  /** What the client saw last. */
  readonly seen: string | null;
}

function openStream(res: Response, { feed, clock, first, seen }: StreamStart): Listener {
  let sent = seen;
  let isFull = false;
  let waiting: OperatorSnapshot | null = null;
  let isEnded = false;

  const write = (text: string) => {
    if (!isOpen(res) || isEnded) return;
    isFull = !res.write(text);
  };
  const show = (snapshot: OperatorSnapshot) => {
    if (isFull) {
      waiting = snapshot;
      return;
    }
    waiting = null;
    if (snapshot.id === sent) return;
    sent = snapshot.id;
    write(textOf({ event: 'snapshot', data: snapshot }, snapshot.id));
  };

  res.writeHead(200, streamHeaders);
  write(`retry: ${comeBackAfter}\n: ${first.id === seen ? 'nothing new' : 'hello'}\n\n`);
  res.on('drain', () => {
    isFull = false;
    if (waiting !== null) show(waiting);
  });
  show(first);
  const unsubscribe = feed.subscribe(show);
  let cancelBeat = clock.after(beatEvery, beat);
  function beat(): void {
    if (!isFull) write(': \n\n');
    cancelBeat = clock.after(beatEvery, beat);
  }

  return {
    tell: (data) => {
      if (!isFull) write(textOf({ event: 'action', data }));
    },
    end: () => {
      if (isEnded) return;
      isEnded = true;
      unsubscribe();
      cancelBeat();
      if (isOpen(res)) res.end();
    },
  };
}

/** JSON has no line breaks of its own, which would end the field. */
function textOf({ event, data }: OperatorEvent, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

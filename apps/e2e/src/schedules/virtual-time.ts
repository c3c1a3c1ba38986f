/** Events in the order of their times, those of one time in the order of their making. */
export interface VirtualTime {
  /** Milliseconds since the schedule began. */
  now(): number;
  after(ms: number, run: () => void): void;
  /** Runs event after event, each with all that follows from it, until `done`, `limit` milliseconds, or no event. */
  runUntil(done: () => boolean, limit: number): Promise<void>;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Events of one moment; more of them never end. */
const mostAtOnce = 1_000_000;

/**
 * Time that moves only from event to event. No real timer or file takes part, so all that an event sets off are promise
 * callbacks, and the next tick of the process comes when the last of them has run.
 */
export function createVirtualTime(): VirtualTime {
  const events: Event[] = [];
  let now = 0;
  let made = 0;
  let still = 0;

  return {
    now: () => now,
    // Whole milliseconds: what is left until a time then adds up to exactly that time.
    after: (ms, run) => push(events, { at: now + Math.max(0, Math.ceil(ms)), order: (made += 1), run }),
    runUntil: (done, limit) =>
      new Promise((resolve, reject) => {
        const turn = () => {
          try {
            const event = done() ? undefined : pop(events);
            if (event === undefined || event.at > limit) {
              resolve();
              return;
            }
            still = event.at === now ? still + 1 : 0;
            if (still > mostAtOnce) throw new Error(`virtual time stands still at ${now} ms`);
            now = event.at;
            event.run();
            // Queued behind what the event set off; the tick itself comes after every promise callback.
            queueMicrotask(() => process.nextTick(turn));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        turn();
      }),
  };
}

const isBefore = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || isBefore(above, event)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[]): Event | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return last;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    let below = heap[child];
    if (below === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && isBefore(right, below)) [child, below] = [child + 1, right];
    if (isBefore(last, below)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return first;
}

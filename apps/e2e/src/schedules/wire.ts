import type { FaultPlan, Fault, Site } from './fault-plan.ts';
import type { Random } from './random.ts';
import type { SimProcess } from './sim-process.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How a call ends for the process that made it. */
export interface Ending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

export interface Call<T> {
  readonly site: Site;
  /** For the trace. */
  readonly name: string;
  /** What happens on the other side, once for each time that the call arrives. */
  readonly effect: () => Promise<T>;
  /** What the caller sees when the answer does not come, or is no answer. */
  readonly fail: (end: Ending<T>) => void;
  /** What the caller sees of a fault that only this kind of call knows. */
  readonly special?: (fault: Fault, end: Ending<T>) => void;
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

export interface Wire {
  /** One call of a process over a line on which things go wrong. */
  call<T>(process: SimProcess, call: Call<T>): Promise<T>;
  /** Calls that have been sent and have not arrived. */
  underWay(): number;
}

interface WireOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly faults: FaultPlan;
  readonly trace: (line: string) => void;
}

const longest = 600_000;

export function createWire({ time, random, faults, trace }: WireOptions): Wire {
  let underWay = 0;

  const latency = (site: Site): number => {
    if (site === 'store read' || site === 'content') return 0;
    if (site === 'create' || site === 'upload' || site === 'delete' || site === 'provider read') {
      return random.spread(10, 1000);
    }
    return random.chance(0.3) ? random.spread(1, 300) : 0;
  };

  /** Lets the call arrive after `ms`; `answered` is called with what then ends it. */
  const send = <T>(call: Call<T>, end: Ending<T>, ms: number, answered: (ending: () => void) => void): void => {
    const arrive = () => {
      underWay -= 1;
      call.effect().then(
        (value) => answered(() => end.resolve(value)),
        (error: unknown) => answered(() => end.reject(error instanceof Error ? error : new Error(String(error)))),
      );
    };
    underWay += 1;
    if (ms === 0) arrive();
    else time.after(ms, arrive);
  };

  const start = <T>(process: SimProcess, call: Call<T>, end: Ending<T>): void => {
    const { site } = call;
    const fault = faults.draw(site);
    const there = latency(site);
    const back = latency(site);
    const land = (ending: () => void) => {
      if (back === 0) process.resume(ending);
      else time.after(back, () => process.resume(ending));
    };
    const nobody = () => undefined;
    const failAfter = (ms: number) => time.after(ms, () => process.resume(() => call.fail(end)));
    if (fault !== null) trace(`${process.name} ${call.name}: ${fault}`);
    switch (fault) {
      case null:
        send(call, end, there, land);
        return;
      case 'crash before':
        process.kill();
        return;
      case 'crash after':
        send(call, end, there, () => process.kill());
        return;
      case 'crash sent':
        process.kill();
        send(call, end, random.spread(1, longest), nobody);
        return;
      case 'pause before':
        process.freeze(random.spread(1000, longest));
        process.resume(() => send(call, end, there, land));
        return;
      case 'pause after':
        send(call, end, there, (ending) => {
          const pause = random.spread(1000, longest);
          process.freeze(pause);
          // Awake again, it may see its own timeout before the answer that lies there.
          land(pause > call.timeout && random.chance(0.5) ? () => call.fail(end) : ending);
        });
        return;
      case 'fail before':
        failAfter(back);
        return;
      case 'fail after':
        send(call, end, there, () => failAfter(back));
        return;
      case 'late':
        send(call, end, random.spread(call.timeout / 10, longest), nobody);
        failAfter(call.timeout);
        return;
      case 'slow':
        send(call, end, random.spread(1, call.timeout / 2), (ending) =>
          time.after(random.spread(1, call.timeout / 2), () => process.resume(ending)),
        );
        return;
      case 'twice':
        send(call, end, random.spread(1, longest), nobody);
        send(call, end, there, land);
        return;
      case 'unknown':
      case 'cut':
      case 'slow down':
      case 'parked':
      case 'no file':
      case 'rejected':
        time.after(there + back, () => process.resume(() => (call.special ?? noSpecial)(fault, end)));
        return;
    }
  };

  return {
    underWay: () => underWay,
    call: (process, call) =>
      new Promise((resolve, reject) => {
        const { signal } = call;
        if (signal === undefined) {
          process.resume(() => start(process, call, { resolve, reject }));
          return;
        }
        const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
        if (signal.aborted) {
          abort();
          return;
        }
        signal.addEventListener('abort', abort, { once: true });
        const ended = () => signal.removeEventListener('abort', abort);
        process.resume(() =>
          start(process, call, {
            resolve: (value) => {
              ended();
              resolve(value);
            },
            reject: (error) => {
              ended();
              reject(error);
            },
          }),
        );
      }),
  };
}

function noSpecial(fault: Fault): never {
  throw new Error(`no call can meet '${fault}' here`);
}

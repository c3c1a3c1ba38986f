import { AppError } from '@batch-gpt/errors';
import { type Caller } from '../tenant-of.ts';

/** A call's place in memory. */
export interface Permit extends Disposable {
  /** Takes room for so many bytes more; throws AppError `too_many_waiters` when there is none. */
  grow(bytes: number): void;
  /** The same, but waits in turn until there is room: for what is in memory already and was paid for. */
  growInTurn(bytes: number): Turn;
  /** Gives the bytes back: the body is stored or refused. */
  clear(): void;
}

/** A place among those that wait for room. */
export interface Turn {
  /** Resolves once the room is taken, or `leave` was called. */
  readonly come: Promise<void>;
  /** Waits no longer. */
  readonly leave: () => void;
}

/** Bounds what all open calls hold in memory, by count and by bytes of their bodies, and how many of them one caller has. */
export interface Admission {
  readonly open: number;
  /** Throws AppError `too_many_waiters` when every place is taken, over all or of this caller's tenant or key. */
  enter(caller?: Caller): Permit;
  /** Resolves once nobody waits in turn: until then more had better not be read into memory. */
  readonly allServed: () => Promise<void>;
}

export function createAdmission({
  maxCalls,
  maxBytes,
}: {
  readonly maxCalls: number;
  readonly maxBytes: number;
}): Admission {
  const places = createPlaces();
  let open = 0;
  let held = 0;
  const line = new Set<Waiting>();
  let served = Promise.withResolvers<undefined>();
  served.resolve(undefined);
  // The only body in flight is always let in, however small the bound is.
  const hasRoom = (own: number, bytes: number) => held <= own || held + bytes <= maxBytes;

  const serveLine = () => {
    for (const waiting of line) {
      if (!waiting.comeIn()) return;
      line.delete(waiting);
    }
    served.resolve(undefined);
  };
  return {
    get open() {
      return open;
    },
    enter: (caller) => {
      if (open >= maxCalls) throw full();
      const shares = caller === undefined ? noShares : sharesOf(caller);
      places.take(shares);
      open += 1;
      let own = 0;
      let left = false;
      const clear = () => {
        held -= own;
        own = 0;
        serveLine();
      };
      const take = (bytes: number) => {
        if (!hasRoom(own, bytes)) return false;
        held += bytes;
        own += bytes;
        return true;
      };
      return {
        grow: (bytes) => {
          if (!take(bytes)) throw full();
        },
        growInTurn: (bytes) => {
          const { promise: come, resolve } = Promise.withResolvers<undefined>();
          const waiting: Waiting = {
            comeIn: () => {
              const taken = take(bytes);
              if (taken) resolve(undefined);
              return taken;
            },
          };
          if (line.size === 0) served = Promise.withResolvers();
          line.add(waiting);
          serveLine();
          const leave = () => {
            resolve(undefined);
            if (line.delete(waiting)) serveLine();
          };
          return { come, leave };
        },
        clear,
        [Symbol.dispose]: () => {
          clear();
          if (left) return;
          left = true;
          open -= 1;
          places.leave(shares);
        },
      };
    },
    allServed: () => served.promise,
  };
}

/** One that waits for room. */
interface Waiting {
  /** Takes the room if there is any. */
  comeIn(): boolean;
}

/** How many places somebody may have. */
interface Share {
  readonly name: string;
  readonly most: number;
  readonly whose: string;
}

const noShares: readonly Share[] = [];

function sharesOf({ tenant, keyName, settings: { limits } }: Caller): readonly Share[] {
  const [ofTenant, ofKey] = [limits.tenant.waiters, limits.key.waiters];
  if (ofTenant === null && ofKey === null) return noShares;
  const whose = `the tenant '${tenant}'`;
  return [
    ...(ofTenant === null ? [] : [{ name: tenant, most: ofTenant, whose }]),
    ...(ofKey === null
      ? []
      : [{ name: `${tenant}:${keyName ?? ''}`, most: ofKey, whose: `the API key '${keyName ?? ''}' of ${whose}` }]),
  ];
}

/** Counts places by name; a name without any is forgotten. */
function createPlaces() {
  const taken = new Map<string, number>();
  const add = (name: string, change: 1 | -1) => {
    const count = (taken.get(name) ?? 0) + change;
    if (count > 0) taken.set(name, count);
    else taken.delete(name);
  };
  return {
    take: (shares: readonly Share[]): void => {
      const used = shares.find(({ name, most }) => (taken.get(name) ?? 0) >= most);
      if (used !== undefined) throw fullShare(used);
      for (const { name } of shares) add(name, 1);
    },
    leave: (shares: readonly Share[]): void => {
      for (const { name } of shares) add(name, -1);
    },
  };
}

const retryAfterMs = 5000;

/** What an answer in this text holds while it is written: the text as it was read, and as it is sent. */
export const answerBytes = (body: string | undefined): number => 2 * (body?.length ?? 0);

const full = () =>
  new AppError('too_many_waiters', 'Too many requests are open on this server; try again shortly.', { retryAfterMs });

const fullShare = ({ whose, most }: Share) =>
  new AppError(
    'too_many_waiters',
    `Too many requests of ${whose} are open on this server, which may be ${most} at a time; try again shortly, or call ` +
      "with 'Prefer: respond-async', which does not wait.",
    { retryAfterMs },
  );

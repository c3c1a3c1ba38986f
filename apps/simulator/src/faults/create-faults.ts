import { type Clock } from '../clock.ts';
import { createRandom } from '../random.ts';
import { faultMenu, type FaultName, type FaultRow, type FaultSite } from './fault-menu.ts';
import { type Fault, msOf } from './fault.ts';

/** Faults in force, all at once; an occasion may name the file, batch or line it is about, its subject. */
export interface Faults {
  /** Replaces all in force; without a seed the present one draws anew from its start. */
  order(faults: readonly Fault[], seed?: number): void;
  /** The fault if it bites on this occasion, which it then has used up; null if not. */
  take(name: FaultName, subject?: string): Fault | null;
  /** Throws the refusal of the first fault of this site that bites. */
  refuseAt(site: FaultSite, subject?: string): void;
  pending(): Fault[];
  /** Of the draws of faults with a probability. */
  seed(): number;
}

/** One ordered fault; its draws depend on its own occasions only, whatever else is in force. */
interface Active {
  readonly fault: Fault;
  readonly draw: () => number;
  /** Until when subjects are bitten (`forMs`), in the order they were first bitten. */
  readonly until: Map<string, number>;
  skip: number;
  left: number;
  /** When the last bite ends; later ones end later. */
  lastsUntil: number;
}

/** Subjects of one fault that are remembered; the oldest is forgotten, and may then be bitten again. */
const subjectLimit = 10_000;
/** Sets the sequences of neighbouring faults apart. */
const seedStep = 0x9e3779b9;

/** Starts with none in force. */
export function createFaults({ clock, seed: firstSeed }: { clock: Pick<Clock, 'now'>; seed: number }): Faults {
  let seed = firstSeed;
  let active: Active[] = [];

  function bites(one: Active, subject: string): boolean {
    const { fault, draw, until } = one;
    const lasts = until.get(subject);
    if (lasts !== undefined) return clock.now() < lasts;
    if (one.left === 0) return false;
    if (one.skip > 0) {
      one.skip -= 1;
      return false;
    }
    if (fault.probability !== undefined && draw() >= fault.probability) return false;
    one.left -= 1;
    if (fault.forMs !== undefined) {
      one.lastsUntil = clock.now() + fault.forMs;
      remember(until, subject, one.lastsUntil);
    }
    if (one.left === 0) active = active.filter(isInForce);
    return true;
  }
  const isInForce = ({ left, lastsUntil }: Active): boolean => left > 0 || clock.now() < lastsUntil;

  return {
    order(faults, newSeed = seed) {
      seed = newSeed;
      active = faults.map((fault, index) => ({
        fault,
        draw: createRandom(seed + index * seedStep),
        until: new Map(),
        skip: fault.skip ?? 0,
        left: timesOf(fault),
        lastsUntil: 0,
      }));
    },
    take(name, subject = '') {
      return active.find((one) => one.fault.name === name && bites(one, subject))?.fault ?? null;
    },
    refuseAt(site, subject = '') {
      for (const one of active) {
        const { site: where, refuse }: FaultRow = faultMenu[one.fault.name];
        if (where !== site || refuse === undefined || !bites(one, subject)) continue;
        throw refuse({ ms: msOf(one.fault), subject });
      }
    },
    pending: () => active.filter(isInForce).map(show),
    seed: () => seed,
  };
}

const timesOf = ({ times, probability, forMs }: Fault): number =>
  times ?? (probability === undefined && forMs === undefined ? 1 : Infinity);

/** A fault as it would have to be ordered to go on from here; without end is shown by leaving `times` out. */
const show = ({ fault, skip, left }: Active): Fault => {
  const { times: _ordered, ...rest } = fault;
  return Number.isFinite(left) ? { ...rest, skip, times: left } : { ...rest, skip };
};

function remember(until: Map<string, number>, subject: string, atMs: number): void {
  until.set(subject, atMs);
  for (const oldest of until.keys()) {
    if (until.size <= subjectLimit) return;
    until.delete(oldest);
  }
}

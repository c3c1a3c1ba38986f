import type { Random } from './random.ts';

/** A kind of call of a process to what lies outside it. */
export type Site =
  | 'store read'
  | 'store write'
  | 'batch move'
  | 'beat'
  | 'provider read'
  | 'content'
  | 'delete'
  | 'upload'
  | 'create'
  | 'signal';

/**
 * What goes wrong with one call.
 *
 * - `crash before`, `crash after`: the process dies before it sends, or after the call had its effect.
 * - `crash sent`: it dies, and what it sent arrives later.
 * - `pause before`, `pause after`: it stands still there, for up to ten minutes.
 * - `fail before`, `fail after`: an error, without or with the effect.
 * - `late`: an error after the timeout, and the effect up to ten minutes later.
 * - `slow`: all is well, nearly as late as the timeout.
 * - `unknown`: the provider answers 404 for what exists.
 * - `cut`: a file's content ends too early, without an error.
 * - `slow down`, `parked`, `no file`, `rejected`: definite refusals of an upload or a create.
 * - `twice`: a signal is given twice.
 */
export type Fault =
  | 'crash before'
  | 'crash after'
  | 'crash sent'
  | 'pause before'
  | 'pause after'
  | 'fail before'
  | 'fail after'
  | 'late'
  | 'slow'
  | 'unknown'
  | 'cut'
  | 'slow down'
  | 'parked'
  | 'no file'
  | 'rejected'
  | 'twice';

const anywhere: readonly Fault[] = ['crash before', 'crash after', 'crash sent', 'pause before', 'pause after'];
const onTheWay: readonly Fault[] = [...anywhere, 'fail before', 'fail after', 'late', 'slow'];

/** How often a call of a site goes wrong in a bad world, and how. */
const sites: Readonly<Record<Site, { readonly chance: number; readonly faults: readonly Fault[] }>> = {
  'store read': { chance: 0.006, faults: onTheWay },
  'store write': { chance: 0.06, faults: onTheWay },
  'batch move': { chance: 0.08, faults: onTheWay },
  beat: { chance: 0.02, faults: onTheWay },
  'provider read': { chance: 0.05, faults: [...onTheWay, 'unknown'] },
  content: { chance: 0.15, faults: [...anywhere, 'fail before', 'cut', 'slow'] },
  delete: { chance: 0.3, faults: onTheWay },
  upload: { chance: 0.15, faults: [...onTheWay, 'slow down', 'parked', 'rejected'] },
  create: { chance: 0.45, faults: [...onTheWay, 'late', 'slow down', 'parked', 'no file', 'rejected'] },
  signal: { chance: 0.05, faults: [...onTheWay, 'twice'] },
};

/** Every fault that a schedule may meet, as it is counted. */
export const everyFault: readonly string[] = Object.entries(sites).flatMap(([site, { faults }]) =>
  [...new Set(faults)].map((fault) => `${site}: ${fault}`),
);

export interface FaultPlan {
  /** What goes wrong with the next call of this site, or null. */
  draw(site: Site): Fault | null;
}

interface PlanOptions {
  readonly random: Random;
  /** False once the world has calmed down. */
  readonly stormy: () => boolean;
  readonly count: (name: string) => void;
}

/** Where money is at stake: some schedules keep all their faults for these calls. */
const paying: ReadonlySet<Site> = new Set(['create', 'delete', 'batch move']);

/**
 * One schedule's faults: a budget, an intensity, and the kinds that happen at all. Leaving kinds out makes schedules
 * differ more than drawing from all of them would.
 */
export function createFaultPlan({ random, stormy, count }: PlanOptions): FaultPlan {
  let budget = random.whole(0, 10);
  const intensity = random.pick([0.3, 1, 1, 3]);
  const payingOnly = random.chance(0.2);
  const kinds = [...new Set(Object.values(sites).flatMap(({ faults }) => faults))];
  const happens = new Set(kinds.filter(() => random.chance(0.6)));
  return {
    draw: (site) => {
      if (
        budget === 0 ||
        (payingOnly && !paying.has(site)) ||
        !stormy() ||
        !random.chance(sites[site].chance * intensity)
      )
        return null;
      const possible = sites[site].faults.filter((fault) => happens.has(fault));
      const [first, ...others] = possible;
      if (first === undefined) return null;
      budget -= 1;
      const fault = random.pick([first, ...others]);
      count(`${site}: ${fault}`);
      return fault;
    },
  };
}

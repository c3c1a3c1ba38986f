/*
 * The services of a stack under disturbance. A member is free (up, nobody disturbs it) or taken (somebody ends, freezes
 * or starts it); only a free one can be taken. One that ends while it is free died by itself: that is noted, and it is
 * started again as an orchestrator would.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestService } from '@batch-gpt/testing';
import type { Role, Stack } from '../start-stack.ts';
import type { Journal } from './journal.ts';
import type { Tally } from './tally.ts';

/** One service and its place in the stack. */
export interface Member {
  readonly role: Role;
  readonly index: number;
  readonly name: string;
}

/** All services of a stack. */
export interface Members {
  readonly free: () => readonly Member[];
  /** Runs `work` while nobody else disturbs the member. */
  readonly take: (member: Member, work: () => Promise<void>) => Promise<void>;
  readonly signal: (member: Member, signal: NodeJS.Signals) => Promise<void>;
  /** Starts an ended member again, as often as it takes. */
  readonly start: (member: Member) => Promise<void>;
  /** Resolves when no start by ourselves is under way. */
  readonly settled: () => Promise<void>;
  /** Appends the logs of those that still run to the journal. */
  readonly keepLogs: () => Promise<void>;
  /** How many ended without having been told to, by name. */
  readonly diedAlone: Tally;
  /** From here on whatever ends may stay down. */
  readonly release: () => void;
}

/** What the members live in. */
export interface MembersDeps {
  readonly stack: Stack;
  readonly journal: Journal;
  readonly diedAlone: Tally;
}

const roles: readonly Role[] = ['gateway', 'batcher', 'results'];
const startAttempts = 40;

/** Takes charge of every service of the stack; from here on none may be restarted by anybody else. */
export function createMembers({ stack, journal, diedAlone }: MembersDeps): Members {
  const members = roles.flatMap((role) =>
    stack.services(role).map((_, index): Member => ({ role, index, name: `${role}-${index}` })),
  );
  const taken = new Set<Member>();
  let isReleased = false;
  const revivals = new Set<Promise<void>>();

  const serviceOf = ({ role, index }: Member): TestService => {
    const service = stack.services(role)[index];
    if (service === undefined) throw new Error(`there is no ${role} ${index}`);
    return service;
  };
  const watch = (member: Member): void => {
    const service = serviceOf(member);
    void service.exited.then(({ code, signal }) => {
      if (isReleased || taken.has(member) || serviceOf(member) !== service) return;
      diedAlone.add(member.name);
      journal.note('died by itself', { who: member.name, pid: service.pid, code, signal });
      const revival = take(member, () => start(member));
      revivals.add(revival);
      revival.catch((error: unknown) => journal.note('revival failed', { who: member.name, error: String(error) }));
      void revival.finally(() => revivals.delete(revival)).catch(() => undefined);
    });
  };
  const take = async (member: Member, work: () => Promise<void>): Promise<void> => {
    taken.add(member);
    try {
      await work();
    } finally {
      taken.delete(member);
    }
  };
  const start = async (member: Member): Promise<void> => {
    await journal.keepLogs(member.name, serviceOf(member).logs());
    for (let attempt = 1; ; attempt += 1) {
      try {
        await stack.restart(member.role, member.index, 'SIGKILL');
        journal.note('started', { who: member.name, pid: serviceOf(member).pid, attempt });
        watch(member);
        return;
      } catch (error) {
        // Redis or the database may be away just now.
        journal.note('start failed', { who: member.name, attempt, error: String(error).slice(0, 2000) });
        if (attempt >= startAttempts) throw error;
        await delay(250);
      }
    }
  };
  members.forEach(watch);
  return {
    free: () => members.filter((member) => !taken.has(member)),
    take,
    signal: (member, signal) => serviceOf(member).kill(signal),
    start,
    settled: async () => {
      while (revivals.size > 0) await Promise.allSettled(revivals);
    },
    keepLogs: async () => {
      for (const member of members) await journal.keepLogs(member.name, serviceOf(member).logs());
    },
    diedAlone,
    release: () => {
      isReleased = true;
    },
  };
}

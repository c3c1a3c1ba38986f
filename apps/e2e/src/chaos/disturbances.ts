/*
 * What is done to the system. Each disturbance takes what it disturbs, does its harm, waits and makes it good again, so
 * that at any moment the only things away are those that are being disturbed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestServer } from '@batch-gpt/testing';
import { askRedis } from '../ask-redis.ts';
import type { Stack } from '../start-stack.ts';
import type { Journal } from './journal.ts';
import type { Member, Members } from './members.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';

/** What disturbing needs. */
export interface DisturbDeps {
  readonly stack: Stack;
  readonly members: Members;
  readonly random: Random;
  readonly journal: Journal;
  /** Disturbances by kind. */
  readonly disturbed: Tally;
}

/** A kind of disturbance; `begin` is null when there is nothing to disturb in this way just now. */
export interface Disturbance {
  readonly name: string;
  readonly weight: number;
  readonly begin: () => Promise<void> | null;
}

/** Longer than BATCH_OWNER_GONE_AFTER_MS of the stack: others take over what the frozen one still believes to own. */
const freezeMs = [2800, 4500] as const;
/** How often the last free one of a role may be disturbed too: then nobody at all does its work for a while. */
const lastOfRoleChance = 0.3;

/** The menu, for this stack and its store. */
export function createDisturbances(deps: DisturbDeps): readonly Disturbance[] {
  const { stack, members, random, journal } = deps;

  const onMember = (harm: (member: Member) => Promise<void>) => (): Promise<void> | null => {
    const free = members.free();
    const mayBeLast = random.chance(lastOfRoleChance);
    const candidates = free.filter(
      (member) => mayBeLast || free.some((other) => other !== member && other.role === member.role),
    );
    if (candidates.length === 0) return null;
    const member = random.pick(candidates);
    return members.take(member, () => harm(member));
  };
  const count = (name: string, facts: Readonly<Record<string, unknown>>): void => {
    deps.disturbed.add(name);
    journal.note(name, facts);
  };
  const kill = async (member: Member): Promise<void> => {
    const wait = random.between(0, 800);
    count('service SIGKILL', { who: member.name, wait });
    await members.signal(member, 'SIGKILL');
    await delay(wait);
    await members.start(member);
  };
  const terminate = async (member: Member): Promise<void> => {
    count('service SIGTERM', { who: member.name });
    await members.signal(member, 'SIGTERM');
    await members.start(member);
  };
  const freeze = async (member: Member): Promise<void> => {
    const ms = random.between(...freezeMs);
    const isKilledAfterwards = random.chance(0.2);
    count('service SIGSTOP', { who: member.name, ms });
    await members.signal(member, 'SIGSTOP');
    await delay(ms);
    if (isKilledAfterwards) return kill(member);
    await members.signal(member, 'SIGCONT');
    journal.note('continued', { who: member.name });
  };
  const redis = exclusive();
  const database = exclusive();
  const outage = (name: string, server: TestServer, options: { readonly empty?: boolean }) => async () => {
    const wait = random.between(0, 1500);
    count(name, { wait });
    await server.kill();
    await delay(wait);
    await server.restart(options);
    journal.note('server is back', { after: name });
  };
  const frost = (name: string, server: TestServer) => async () => {
    const ms = random.between(500, 3500);
    count(name, { ms });
    await server.pause();
    await delay(ms);
    server.resume();
    journal.note('server is back', { after: name });
  };
  const flush = async (): Promise<void> => {
    count('redis FLUSHALL', {});
    await askRedis(stack.redis.port, 'FLUSHALL');
  };
  const row = (name: string, weight: number, begin: Disturbance['begin']): Disturbance => ({ name, weight, begin });
  const { mongo } = stack;
  return [
    row('kill', 62, onMember(kill)),
    row('freeze', 12, onMember(freeze)),
    row('terminate', 10, onMember(terminate)),
    row('redis killed', 3, redis(outage('redis SIGKILL', stack.redis, {}))),
    row('redis emptied', 3, redis(outage('redis SIGKILL, emptied', stack.redis, { empty: true }))),
    row('redis flushed', 3, redis(flush)),
    row('redis frozen', 2, redis(frost('redis SIGSTOP', stack.redis))),
    ...(mongo === null
      ? []
      : [
          row('database killed', 2, database(outage('database SIGKILL', mongo, {}))),
          row('database frozen', 1, database(frost('database SIGSTOP', mongo))),
        ]),
  ];
}

/** One at a time; while one is under way the others have nothing to disturb. */
function exclusive(): (harm: () => Promise<void>) => () => Promise<void> | null {
  let isBusy = false;
  return (harm) => () => {
    if (isBusy) return null;
    isBusy = true;
    return harm().finally(() => {
      isBusy = false;
    });
  };
}

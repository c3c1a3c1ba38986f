import { setTimeout as delay } from 'node:timers/promises';
import { type MonitorClock } from './feed/follow-system.ts';

/** The time of this machine. */
export const realClock: MonitorClock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

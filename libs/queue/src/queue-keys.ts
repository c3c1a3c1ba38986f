import type { AccountId, GroupId } from '@batch-gpt/contracts';

/** Begins every key and channel unless told otherwise; two deployments on one Redis need two. */
export const defaultPrefix = 'batch-gpt';

/** Every Redis name that is ours. BullMQ's own are `<prefix>:<queue>:…` and never begin with these words. */
export const queueKeys = (prefix: string) => ({
  outcomeChannel: `${prefix}:outcome-channel`,
  newsChannel: `${prefix}:news-channel`,
  hints: (group: GroupId) => `${prefix}:window-hints:${group}`,
  rung: (group: GroupId) => `${prefix}:window-rung:${group}`,
  // One script reads both: the braces put them into one slot of a cluster.
  liveUntil: `${prefix}:{live}:until`,
  liveWords: `${prefix}:{live}:words`,
  callRate: (name: string) => `${prefix}:call-rate:${name}`,
  // One script reads both: the braces put them into one slot of a cluster.
  budget: (account: AccountId, kind: string) => `${prefix}:budget:{${account}}:${kind}`,
  budgetUsers: (account: AccountId, kind: string) => `${prefix}:budget:{${account}}:${kind}:users`,
});

/** The one job scheduler's id. */
export const sweepSchedulerId = 'sweep';

import { type TimelineEntry } from '@batch-gpt/contracts';
import { type BatchRecord, type ProviderSnapshot, type RequestSummary } from '@batch-gpt/domain';
import { unixSeconds } from './unix-seconds.ts';

/** A step, not yet in order of time. */
export interface Step {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly event: string;
  readonly note: string | null;
}

/** Everything that is known to have happened to a request, in order of time; of its batch the last steps only. */
export function requestTimeline(record: RequestSummary, batch: BatchRecord | null): TimelineEntry[] {
  const steps: Step[] = [
    { at: record.acceptedAt, event: 'accepted', note: null },
    ...collected(record),
    ...(batch === null ? [] : batchSteps(batch)),
    ...done(record),
  ];
  return steps.toSorted((a, b) => a.at - b.at).map(({ at, event, note }) => ({ at: unixSeconds(at), event, note }));
}

/** Our steps with a batch, the last of them, and the provider's. */
export function batchSteps({ history, provider }: BatchRecord): readonly Step[] {
  return [...history.map(({ state, at, note }) => ({ at, event: `batch.${state}`, note })), ...providerSteps(provider)];
}

function collected(record: RequestSummary): readonly Step[] {
  if (record.state === 'accepted' || record.collectedAt === null) return [];
  return [{ at: record.collectedAt, event: 'collected', note: null }];
}

function done(record: RequestSummary): readonly Step[] {
  if (record.state !== 'done') return [];
  return [{ at: record.doneAt, event: 'done', note: record.outcome.kind }];
}

/** The provider's clock, in whole seconds: its steps may seem to come a little before ours. */
function providerSteps(provider: ProviderSnapshot | null): readonly Step[] {
  if (provider === null) return [];
  const times = [
    ['created', provider.createdAt],
    ['in_progress', provider.inProgressAt],
    ['finalizing', provider.finalizingAt],
    ['completed', provider.completedAt],
    ['failed', provider.failedAt],
    ['expired', provider.expiredAt],
    ['cancelling', provider.cancellingAt],
    ['cancelled', provider.cancelledAt],
  ] as const;
  return times.flatMap(([name, at]) => (at === null ? [] : [{ at: at * 1000, event: `provider.${name}`, note: null }]));
}

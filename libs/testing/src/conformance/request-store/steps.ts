import type { BatchId, GroupId, RequestKey } from '@batch-gpt/contracts';
import type { NewRequest, Outcome, RequestRecord, RequestStore } from '@batch-gpt/domain';
import { sampleOutcome, sampleSettlement, sampleTime } from '../../fakes/samples.ts';

/** When {@link collectSamples} claims. */
export const claimTime = sampleTime + 30_000;

/** Inserts rows of one group and claims them for a batch. */
export async function collectSamples(
  requests: RequestStore,
  batchId: BatchId,
  rows: readonly NewRequest[],
): Promise<void> {
  await requests.insert(rows);
  const groups = Map.groupBy(rows, (row) => row.group);
  for (const [group, members] of groups) {
    const keys = members.map((row) => row.key);
    for (let start = 0; start < keys.length; start += 1000) {
      await requests.claim(group, batchId, keys.slice(start, start + 1000), claimTime);
    }
  }
}

/** Inserts rows and ends them with an outcome. */
export async function endSamples(requests: RequestStore, rows: readonly NewRequest[], outcome: Outcome): Promise<void> {
  await requests.insert(rows);
  await requests.endAccepted(rows.map((row) => sampleSettlement(row.key, outcome)));
}

/** A failure that comes a while after an outcome. */
export const failureOf = (outcome: Outcome): Outcome =>
  sampleOutcome({ kind: 'failed', status: 400, shareable: false, body: '{"error":{}}', at: outcome.at + 10_000 });

/** Inserts rows that end with {@link sampleOutcome}, run again and end with {@link failureOf} that. */
export async function endBeside(requests: RequestStore, rows: readonly NewRequest[]): Promise<void> {
  const outcome = sampleOutcome();
  await endSamples(requests, rows, outcome);
  await requests.acceptAnew(rows.map((row) => ({ row, doneAt: outcome.at })));
  await requests.endAccepted(rows.map((row) => sampleSettlement(row.key, failureOf(outcome))));
}

/** Claims what is accepted in a group, and reads all bodies of that batch: bodies show in no other way. */
export async function readBodies(
  requests: RequestStore,
  batchId: BatchId,
  group: GroupId,
): Promise<ReadonlyMap<RequestKey, string>> {
  const accepted = await requests.oldestAccepted(group, 1000, null);
  const keys = accepted.map((candidate) => candidate.key);
  await requests.claim(group, batchId, keys, claimTime);
  const bodies = await requests.memberBodies(batchId, null, 1000, Number.MAX_SAFE_INTEGER);
  return new Map(bodies.map(({ key, body }) => [key, body]));
}

/** The record of a key that must be there. */
export async function mustFind(requests: RequestStore, key: RequestKey): Promise<RequestRecord> {
  const record = (await requests.lookup([key])).rows.get(key);
  if (!record) throw new Error(`no row of key ${key}`);
  return record;
}

import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sampleBatch, sampleBatchId } from '@batch-gpt/testing';
import { removeOrphans } from './remove-orphans.ts';
import { createTestBatcher, createWorld, type World } from './testing/test-batcher.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const hour = 3_600_000;
const signal = new AbortController().signal;

async function upload(name: string): Promise<string> {
  const path = join(world.workDir, 'upload');
  await writeFile(path, '{}\n');
  const answer = await world.provider.uploadInputFile({ path, filename: name, bytes: 3 }, signal);
  if (answer.kind !== 'done') throw new Error('the upload failed');
  return answer.value.id;
}

describe('removing orphans', () => {
  it('deletes uploads that their batch does not refer to, and nothing else', async () => {
    const { deps } = createTestBatcher(world);
    const [referred, orphan, uploading, foreign, other] = [
      await upload(`${sampleBatchId(1)}.jsonl`),
      await upload(`${sampleBatchId(1)}.jsonl`),
      await upload(`${sampleBatchId(2)}.jsonl`),
      await upload(`${sampleBatchId(9)}.jsonl`),
      await upload('something.jsonl'),
    ];
    await world.stores.batches.insert(sampleBatch(1, { state: 'submitted', inputFileId: referred }));
    await world.stores.batches.insert(sampleBatch(2, { state: 'claimed' }));
    await removeOrphans(deps, signal);
    expect(world.provider.files.size).toBe(5);
    await world.clock.advance(2 * hour);
    const young = await upload(`${sampleBatchId(1)}.jsonl`);
    await removeOrphans(deps, signal);
    expect(new Set(world.provider.files.keys())).toEqual(new Set([referred, uploading, foreign, other, young]));
    expect(world.provider.files.has(orphan)).toBe(false);
  });

  it('removes old scratch files of batches from this machine', async () => {
    const { deps } = createTestBatcher(world);
    await mkdir(world.workDir, { recursive: true });
    const old = new Date(world.clock.now() - 2 * hour);
    const now = new Date(world.clock.now());
    for (const [name, time] of [
      [`${sampleBatchId(1)}.1.jsonl`, old],
      [`${sampleBatchId(2)}.3.jsonl`, now],
      ['notes.txt', old],
    ] as const) {
      await writeFile(join(world.workDir, name), '');
      await utimes(join(world.workDir, name), time, time);
    }
    await removeOrphans(deps, signal);
    expect((await readdir(world.workDir)).sort()).toEqual([`${sampleBatchId(2)}.3.jsonl`, 'notes.txt'].sort());
  });

  it('has nothing to do where there is no folder yet', async () => {
    const { deps } = createTestBatcher(world, 'b', { workDir: join(world.workDir, 'never made') });
    await expect(removeOrphans(deps, signal)).resolves.toBeUndefined();
  });
});

/*
 * What lost answers and crashes leave behind, none of it paid for: input files at the provider that no batch refers to,
 * and scratch files on this machine. Only what carries one of our batch ids is touched, and only after an hour: an
 * upload may be under way.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { batchId, type ProviderFile } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';

type OrphanDeps = Pick<BatcherDeps, 'provider' | 'batches' | 'clock' | 'logger' | 'metrics' | 'workDir'>;

const hour = 3_600_000;

/** Removes orphaned input files at the provider and stray local ones. */
export async function removeOrphans(deps: OrphanDeps, signal: AbortSignal): Promise<void> {
  const local = await removeStrayFiles(deps);
  const remote = await removeOrphanedUploads(deps, signal);
  if (local + remote === 0) return;
  deps.metrics.recoveryActions.inc({ action: 'remove_orphan' }, local + remote);
  deps.logger.info('orphaned files removed', { local, remote });
}

async function removeStrayFiles({ workDir, clock }: OrphanDeps): Promise<number> {
  await mkdir(workDir, { recursive: true });
  const names = await readdir(workDir);
  let removed = 0;
  for (const name of names.filter((entry) => /^batch_[0-9a-f]{32}\.\d+\.jsonl$/.test(entry))) {
    const path = join(workDir, name);
    // Whoever else uses the folder may have removed it since.
    const found = await stat(path).catch(() => null);
    if (found === null || found.mtimeMs > clock.now() - hour) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

async function removeOrphanedUploads(deps: OrphanDeps, signal: AbortSignal): Promise<number> {
  let removed = 0;
  let after: string | null = null;
  while (!signal.aborted) {
    const { files, hasMore }: { files: readonly ProviderFile[]; hasMore: boolean } = await deps.provider.listInputFiles(
      after,
      signal,
    );
    for (const file of files.filter(({ created_at }) => created_at * 1000 < deps.clock.now() - hour)) {
      if (!(await isOrphan(deps, file))) continue;
      await deps.provider.deleteFile(file.id, signal);
      removed += 1;
    }
    after = files.at(-1)?.id ?? null;
    if (!hasMore || after === null) break;
  }
  return removed;
}

/** A file whose batch is not in our store may be another installation's: it is left alone. */
async function isOrphan(deps: OrphanDeps, file: ProviderFile): Promise<boolean> {
  const id = batchId.safeParse(file.filename.replace(/\.jsonl$/, ''));
  if (!id.success) return false;
  const batch = await deps.batches.get(id.data);
  return batch !== null && batch.inputFileId !== file.id && !mayStillUpload(batch);
}

function mayStillUpload(batch: BatchRecord): boolean {
  return batch.state === 'forming' || batch.state === 'claimed';
}

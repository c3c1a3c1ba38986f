/*
 * What lost answers and crashes leave behind, none of it paid for: input files at the provider that no batch refers to,
 * and scratch files on this machine. Only what carries one of our batch ids is touched, and only after an hour: an
 * upload may be under way.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { batchId, type AccountId, type ProviderFile } from '@batch-gpt/contracts';
import type { BatchProvider, BatchRecord } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { BatcherDeps } from './batcher-deps.ts';

type OrphanDeps = Pick<BatcherDeps, 'accounts' | 'batches' | 'clock' | 'logger' | 'metrics' | 'workDir'>;

const hour = 3_600_000;

/** Removes orphaned input files at the provider and stray local ones. */
export async function removeOrphans(deps: OrphanDeps, signal: AbortSignal): Promise<void> {
  const local = await removeStrayFiles(deps);
  let remote = 0;
  for (const account of deps.accounts.names()) remote += await removeUploadsOf(deps, account, signal);
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

/** One account that cannot be asked keeps none of the others waiting; it is asked again at the next look. */
async function removeUploadsOf(deps: OrphanDeps, account: AccountId, signal: AbortSignal): Promise<number> {
  const provider = deps.accounts.of(account)?.provider ?? null;
  if (provider === null) return 0;
  try {
    return await removeOrphanedUploads({ ...deps, provider }, signal);
  } catch (err) {
    if (signal.aborted || AppError.is(err, 'store_unavailable')) throw err;
    deps.logger.warn('orphaned files of an account could not be removed', { account, err });
    return 0;
  }
}

async function removeOrphanedUploads(
  deps: OrphanDeps & { readonly provider: BatchProvider },
  signal: AbortSignal,
): Promise<number> {
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

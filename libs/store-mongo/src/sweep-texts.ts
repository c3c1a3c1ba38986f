/*
 * Removes texts that no row refers to. It walks along the chunks, not the files, because a writer that dies early leaves
 * chunks without a file. A file is named for its row, so one look at that row's references decides, without an index.
 *
 * Old enough is decided twice: by the time in the file's id, when its writing began (that bounds the walk), and by the
 * file's date, when it ended. After that no row comes to refer to it (`large-texts.ts`), so nothing is lost between the
 * look and the removal.
 */
import { mongo } from 'mongoose';
import type { RequestKey } from '@batch-gpt/contracts';
import type { RequestRow } from './request-row.ts';
import { fileCollections, removeFiles, type FileRow } from './text-files.ts';

/** Chunks to look at in one query; a call makes at most `pagesPerCall` of these. */
const pageLength = 500;
const pagesPerCall = 20;

/** Gives `removeUnreferencedBodies`. A call goes on where the one before ended, and from the start after the end. */
export function createTextSweep(db: mongo.Db, rows: mongo.Collection<RequestRow>) {
  const { files, chunks } = fileCollections(db);
  let after: mongo.ObjectId | null = null;

  return async (before: number, limit: number): Promise<number> => {
    let removed = 0;
    for (let page = 0; page < pagesPerCall && removed < limit; page += 1) {
      const { ids, isLast } = await nextIds(before);
      const found = await files.find({ _id: { $in: ids } }).toArray();
      const unused = await withoutUsed(ids, found, before);
      const going = unused.slice(0, limit - removed);
      removed += await remove(going, found);
      const isCut = going.length < unused.length;
      after = (isCut ? going : ids).at(-1) ?? null;
      if (isLast && !isCut) {
        after = null;
        break;
      }
    }
    return removed;
  };

  async function nextIds(before: number) {
    const startedEarlier = { $lt: firstIdOf(before), ...(after === null ? {} : { $gt: after }) };
    const page = await chunks
      .find({ files_id: startedEarlier }, { projection: { _id: 0, files_id: 1 } })
      .sort({ files_id: 1, n: 1 })
      .limit(pageLength)
      .toArray();
    const ids = new Map(page.map(({ files_id: id }) => [id.toHexString(), id]));
    return { ids: [...ids.values()], isLast: page.length < pageLength };
  }

  async function withoutUsed(ids: readonly mongo.ObjectId[], found: readonly FileRow[], before: number) {
    const young = found.filter(({ uploadDate }) => uploadDate.getTime() >= before).map(({ _id }) => _id);
    const owners = await rows
      .find({ _id: { $in: found.map(({ filename }) => filename as RequestKey) } })
      .project<Pick<RequestRow, 'bodyRef' | 'outcome' | 'kept'>>({
        ...{ bodyRef: 1, 'outcome.bodyRef': 1, 'kept.outcome.bodyRef': 1 },
      })
      .toArray();
    const referred = owners
      .flatMap(({ bodyRef, outcome, kept }) => [bodyRef, outcome?.bodyRef, kept?.outcome.bodyRef])
      .map((ref) => ref?.file);
    const used = new Set([...young, ...referred].map((id) => id?.toHexString()));
    return ids.filter((id) => !used.has(id.toHexString()));
  }

  async function remove(ids: readonly mongo.ObjectId[], found: readonly FileRow[]): Promise<number> {
    if (ids.length === 0) return 0;
    const complete = new Set(found.map(({ _id }) => _id.toHexString()));
    return (await removeFiles(db, ids)) + ids.filter((id) => !complete.has(id.toHexString())).length;
  }
}

// Ids of files begin with the second in which they were made, as 32 bits.
function firstIdOf(time: number): mongo.ObjectId {
  const second = Math.min(Math.max(Math.floor(time / 1000), 0), 0xffff_ffff);
  return mongo.ObjectId.createFromTime(second);
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt, Rung } from '../ladder/climb.ts';
import { isExecutable } from '../process/find-program.ts';
import { runCommand, type CommandResult } from '../process/run-command.ts';
import { mongod, type MongoProgram } from './mongo-program.ts';
import { toolsFolder, type SecantusOptions } from './test-mongo.ts';

/** Downloads a server into a folder; its output is the path of the program. */
export type DownloadMongod = (folder: string) => Promise<CommandResult>;

const DOWNLOAD_LIMIT_MS = 4 * 60_000;

const downloadMongod: DownloadMongod = (folder) =>
  runCommand(process.execPath, [join(import.meta.dirname, 'download-mongod.mjs'), folder], {
    timeoutMs: DOWNLOAD_LIMIT_MS,
  });

/** What the rung needs to know; `download` is the real one unless a test gives another. */
export interface DownloadOptions extends SecantusOptions {
  readonly download?: DownloadMongod;
}

/** MongoDB's own server from the user's cache folder, downloaded there once where that is allowed and works. */
export function downloadedMongodRung({
  env,
  mayBuild,
  announce,
  download = downloadMongod,
}: DownloadOptions): Rung<MongoProgram> {
  return {
    name: 'download',
    attempt: async () => {
      const tools = toolsFolder(env);
      if (tools === null) return { absent: 'neither XDG_CACHE_HOME nor HOME is set' };
      const folder = join(tools, 'mongod');
      const kept = await keptProgram(folder);
      if (kept !== null) return { found: mongod(kept) };
      return mayBuild ? fetchOnce(folder, announce, download) : { absent: 'no mongod was downloaded before' };
    },
  };
}

/** The downloader names its program by version and system; the note says what it was. */
const noteIn = (folder: string): string => join(folder, 'program.txt');

async function keptProgram(folder: string): Promise<string | null> {
  // Without a note nothing was ever downloaded.
  const command = await readFile(noteIn(folder), 'utf8').catch(() => null);
  return command !== null && (await isExecutable(command)) ? command : null;
}

async function fetchOnce(
  folder: string,
  announce: (line: string) => void,
  download: DownloadMongod,
): Promise<Attempt<MongoProgram>> {
  await mkdir(folder, { recursive: true });
  announce('looking for a MongoDB to download for tests, once');
  const { ok, output } = await download(folder);
  const command = output.split('\n').at(-1)?.trim() ?? '';
  if (!ok || !(await isExecutable(command))) return { absent: 'its download does not work here' };
  await writeFile(noteIn(folder), command);
  return { found: mongod(command) };
}

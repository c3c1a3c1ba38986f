import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const runningSchema = z.object({ gatewayUrl: z.url(), simulatorUrl: z.url().nullable() });

/** Where a local run can be reached. */
export type Running = Readonly<z.infer<typeof runningSchema>>;

const fileIn = (dataDir: string): string => join(dataDir, 'running.json');

/** Leaves word for other commands of where this run is; disposing takes it away. */
export async function announceRunning(
  dataDir: string,
  { gatewayUrl, simulatorUrl }: Running,
): Promise<AsyncDisposable> {
  await writeFile(fileIn(dataDir), JSON.stringify({ gatewayUrl, simulatorUrl }));
  return { [Symbol.asyncDispose]: () => rm(fileIn(dataDir), { force: true }) };
}

/** The run that keeps its data there, or null. A run that was killed may have left word of itself: ask before you rely on it. */
export async function readRunning(dataDir: string): Promise<Running | null> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => null);
  return text === null ? null : runningSchema.parse(JSON.parse(text));
}

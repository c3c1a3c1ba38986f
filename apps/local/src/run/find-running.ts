import { join } from 'node:path';
import { readRunning } from './running-file.ts';

/** The address of the gateway that runs with data under this folder, or null. One that asks a real provider comes first. */
export async function findRunningGateway(
  dataHome: string,
  answers: (url: string) => Promise<boolean>,
): Promise<string | null> {
  for (const mode of ['live', 'demo']) {
    const running = await readRunning(join(dataHome, mode));
    // A run that was killed may have left word of itself.
    if (running !== null && (await answers(running.gatewayUrl))) return running.gatewayUrl;
  }
  return null;
}

import { isPortFree } from '@batch-gpt/local-servers';

/** The port that was asked for, whoever has it; else the usual one; else 0, which lets the system choose. */
export async function choosePort(asked: number | null, usual: number): Promise<number> {
  if (asked !== null) return asked;
  return (await isPortFree(usual)) ? usual : 0;
}

import { AppError } from '@batch-gpt/errors';
import { isPortFree } from '@batch-gpt/local-servers';

/** The port that was asked for, which must be free; else the usual one; else 0, which lets the system choose. */
export async function choosePort(asked: number | null, usual: number): Promise<number> {
  if (asked !== null) {
    if (asked !== 0 && !(await isPortFree(asked))) {
      throw new AppError(
        'config_invalid',
        `Port ${asked} is taken: stop what listens there, or set PORT or OPS_PORT to another.`,
      );
    }
    return asked;
  }
  return (await isPortFree(usual)) ? usual : 0;
}

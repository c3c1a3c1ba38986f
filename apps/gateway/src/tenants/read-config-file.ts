import { open } from 'node:fs/promises';
import { AppError } from '@batch-gpt/errors';

/** Room for ten thousand keys with their settings. */
const mostBytes = 8 * 1024 * 1024;

/** Reads the file that a variable names; throws AppError `config_invalid` with the reason, and nothing of the content. */
export async function readConfigFile(path: string, variable: string): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > mostBytes) throw new AppError('config_invalid', `${variable} is larger than ${mostBytes} bytes`);
    return await file.readFile('utf8');
  } catch (cause) {
    if (AppError.is(cause)) throw cause;
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new AppError('config_invalid', `${variable} cannot be read (${code})`, { cause });
  }
}

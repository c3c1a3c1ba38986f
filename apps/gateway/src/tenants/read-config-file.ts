import { parseConfigJson, readConfigText } from '@batch-gpt/config';
import { AppError } from '@batch-gpt/errors';

/** Room for ten thousand keys with their settings. */
const mostBytes = 8 * 1024 * 1024;

/** Reads the file that a variable names; throws AppError `config_invalid` with the reason, and nothing of the content. */
export async function readConfigFile(path: string, variable: string): Promise<string> {
  const read = await readConfigText(path, mostBytes);
  if ('text' in read) return read.text;
  throw new AppError('config_invalid', `${variable} ${read.problem}`);
}

/** The same for a file of JSON. */
export async function readConfigJson(path: string, variable: string): Promise<unknown> {
  const parsed = parseConfigJson(await readConfigFile(path, variable));
  if ('value' in parsed) return parsed.value;
  throw new AppError('config_invalid', `${variable} ${parsed.problem}`);
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** All files of a folder and of those in it as one text, a byte a character. */
export async function textOfFolder(path: string): Promise<string> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  return texts.join('\n');
}

import { readFile, stat } from 'node:fs/promises';

/** A file's text, or why there is none; the reason goes on after the file's name, and names no path and no content. */
export type ConfigText = { readonly text: string } | { readonly problem: string; readonly missing: boolean };

/** Reads a small file of the configuration whole; `limit` in bytes. */
export async function readConfigText(path: string, limit: number): Promise<ConfigText> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return { problem: 'is not a file', missing: false };
    if (found.size > limit) return { problem: `is larger than ${limit} bytes`, missing: false };
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
    return { problem: `cannot be read (${code})`, missing: code === 'ENOENT' };
  }
}

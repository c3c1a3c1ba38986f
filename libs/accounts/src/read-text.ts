import { readFile, stat } from 'node:fs/promises';

/** A file's text, or why there is none. */
export type ReadText = { readonly text: string } | { readonly problem: string; readonly missing: boolean };

/** Reads a small file whole; the reason of a failure names no path and no content. */
export async function readText(path: string, limit: number): Promise<ReadText> {
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

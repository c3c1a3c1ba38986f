import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const page = join(import.meta.dirname, '../../../../../docs/clients.md');
/** A fence whose opening line says `run=<name>`. */
const fence = /^```(ts|python|sh) run=([\w-]+)\n(.*?)^```$/gms;

/** A program of the page for readers. */
export interface Snippet {
  readonly name: string;
  readonly language: string;
  readonly code: string;
}

/** The snippets of `docs/clients.md` that say they are run, with `url` where the page has the address of a gateway. */
export async function readSnippets(url: string): Promise<readonly Snippet[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(fence)].map(([, language = '', name = '', code = '']) => ({
    name,
    language,
    code: code.replaceAll('http://127.0.0.1:8080', url),
  }));
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from '../servers/workspace.ts';

/** A test as a page names it: where it is, what it is called, and which of its cases are meant. */
export interface DocumentedTest {
  readonly file: string;
  readonly name: string;
  readonly cases: readonly string[];
}

/** The tests that the tables of a page name: a cell with the file, the next with name and cases, each as code. */
export function documentedTests(page: string): readonly DocumentedTest[] {
  const text = readFileSync(join(workspace, page), 'utf8');
  return [...text.matchAll(/\| `((?:apps|libs)\/[^`|]+\.ts)` +\|([^|]+)\|/g)].map(([, file = '', cell = '']) => {
    const [name = '', ...cases] = [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    return { file, name, cases };
  });
}

/** What is not true of a documented test, null if it exists. */
export function missingFrom({ file, name, cases }: DocumentedTest): string | null {
  const path = join(workspace, file);
  if (!existsSync(path)) return `there is no ${file}`;
  const source = readFileSync(path, 'utf8');
  const isThere = ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
  if (name === '' || !isThere) return `${file} has no test “${name}”`;
  const absent = cases.find((one) => !source.includes(`'${one}'`));
  return absent === undefined ? null : `${file} has no case “${absent}”`;
}

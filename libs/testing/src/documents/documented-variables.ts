import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from '../servers/workspace.ts';

/** The variables that `docs/configuration.md` lists for a service: its own section and the shared one. */
export function documentedVariables(service: string): ReadonlySet<string> {
  const sections = readFileSync(join(workspace, 'docs/configuration.md'), 'utf8').split(/^## /m).slice(1);
  const mine = sections.filter((text) => text.startsWith(`${service}\n`) || text.startsWith('Shared'));
  return new Set(mine.flatMap((text) => [...text.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, name = '']) => name)));
}

/** The variables that `.env.example` names. */
export function exampleVariables(): ReadonlySet<string> {
  const text = readFileSync(join(workspace, '.env.example'), 'utf8');
  return new Set([...text.matchAll(/^# ?([A-Z0-9_]+)=/gm)].map(([, name = '']) => name));
}

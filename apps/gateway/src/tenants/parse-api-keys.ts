import { parseConfigJson, shownName } from '@batch-gpt/config';
import { apiKeysFile, type ApiKeysFile } from '@batch-gpt/contracts';

/** The parsed keys, or every problem with its path; no problem shows a value. */
export type ParsedApiKeys =
  | { readonly kind: 'keys'; readonly file: ApiKeysFile }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const mostProblems = 20;

/** Parses the keys file: JSON. */
export function parseApiKeys(text: string): ParsedApiKeys {
  const parsed = parseConfigJson(text);
  return 'value' in parsed ? check(parsed.value) : problems([parsed.problem]);
}

/** Parses `tenant:name:sha256`, separated by commas: keys of tenants without limits. */
export function parseApiKeyList(text: string): ParsedApiKeys {
  const entries = text.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim().split(':')]));
  const odd = entries.flatMap((parts, index) =>
    parts.length === 3 ? [] : [`keys.${index}: must be tenant:name:sha256, with the key's SHA-256 in hexadecimal`],
  );
  if (odd.length > 0) return problems(odd);
  if (entries.length === 0) return problems(['must name at least one key, as tenant:name:sha256']);
  const keys = entries.map(([tenant = '', name, sha256]) => ({ tenant, name, sha256 }));
  return check({ tenants: Object.fromEntries(keys.map(({ tenant }) => [tenant, {}])), keys });
}

function check(value: unknown): ParsedApiKeys {
  const parsed = apiKeysFile.safeParse(value);
  if (parsed.success) return { kind: 'keys', file: parsed.data };
  return problems(
    parsed.error.issues.map((issue) => {
      const path = issue.path.map(segment).join('.');
      if (issue.code !== 'unrecognized_keys') return `${path || 'the file'}: ${issue.message}`;
      return `${path || 'the file'}: has unknown fields: ${issue.keys.map(segment).join(', ')}`;
    }),
  );
}

function problems(all: readonly string[]): ParsedApiKeys {
  const more = all.length - mostProblems;
  return {
    kind: 'problems',
    problems: more > 0 ? [...all.slice(0, mostProblems), `and ${more} more`] : all,
  };
}

/** Shorter than a digest. */
const segment = (name: PropertyKey): string => shownName(name, 32);

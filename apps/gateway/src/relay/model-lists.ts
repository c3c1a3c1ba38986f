/*
 * The models of an account, as the provider lists them.
 *
 *   fresh ── older than `maxAge` ──▶ asked for again, once for everybody who waits
 *     ├── answered ──▶ fresh
 *     └── away ──────▶ stale: what was known is served for an hour at most, and the next try comes after a pause
 */
import { sameCredentials } from '@batch-gpt/accounts';
import { AppError } from '@batch-gpt/errors';
import { type GatewayClock } from '../gateway-clock.ts';
import { checkAnswer } from './exchange.ts';
import { maskKeys } from './mask-keys.ts';
import { type OpenAccount } from './ownership.ts';
import { type ProviderClient } from './provider-client.ts';
import { accountHeaders } from './provider-headers.ts';
import { readBounded } from './read-bounded.ts';
import { type ListItem, readList } from './read-list.ts';

export interface KnownModels {
  readonly models: readonly ListItem[];
  /** How long ago the provider said so, in milliseconds. */
  readonly age: number;
}

export interface ModelLists {
  /** Throws AppError `provider_unavailable`, `account_parked` or `provider_refused` when nothing is known. */
  modelsOf(account: OpenAccount): Promise<KnownModels>;
}

interface Entry {
  readonly credentials: OpenAccount['credentials'];
  models: readonly ListItem[] | null;
  /** By the monotonic clock. */
  readAt: number;
  triedAt: number;
  asking: Promise<void> | null;
}

const largestList = 4 * 1024 * 1024;
const longestStale = 3_600_000;
const pauseAfterFailure = 5000;
const longestCall = 15_000;
const mostAccounts = 1000;

export function createModelLists(
  client: ProviderClient,
  clock: GatewayClock,
  { maxAge }: { readonly maxAge: number },
): ModelLists {
  const entries = new Map<string, Entry>();

  const entryOf = ({ name, credentials }: OpenAccount): Entry => {
    const known = entries.get(name);
    if (known !== undefined && sameCredentials(known.credentials, credentials)) return known;
    const entry: Entry = { credentials, models: null, readAt: -Infinity, triedAt: -Infinity, asking: null };
    const oldest = entries.keys().next();
    if (entries.size >= mostAccounts && oldest.done !== true) entries.delete(oldest.value);
    entries.set(name, entry);
    return entry;
  };
  const ask = async (entry: Entry): Promise<void> => {
    entry.triedAt = clock.monotonic();
    entry.models = await fetchModels(client, clock, entry.credentials);
    entry.readAt = clock.monotonic();
  };
  return {
    modelsOf: async (account) => {
      const entry = entryOf(account);
      const age = () => clock.monotonic() - entry.readAt;
      const isUsable = () => entry.models !== null && age() <= longestStale;
      const mayAsk = !isUsable() || clock.monotonic() - entry.triedAt >= pauseAfterFailure;
      if (entry.models === null || (age() >= maxAge && mayAsk)) {
        entry.asking ??= ask(entry).finally(() => (entry.asking = null));
        try {
          await entry.asking;
        } catch (error) {
          if (!isUsable() || !AppError.is(error, 'provider_unavailable')) throw error;
        }
      }
      return { models: entry.models ?? [], age: age() };
    },
  };
}

async function fetchModels(
  client: ProviderClient,
  clock: GatewayClock,
  credentials: OpenAccount['credentials'],
): Promise<readonly ListItem[]> {
  const late = new AbortController();
  const cancel = clock.after(longestCall, () =>
    late.abort(new AppError('provider_unavailable', 'The provider did not list its models in time.')),
  );
  try {
    const url = new URL(`${credentials.baseUrl}/models`);
    const headers = { ...accountHeaders(credentials), accept: 'application/json' };
    const answer = await client.send({ method: 'GET', url, headers, body: null, signal: late.signal });
    checkAnswer(answer);
    const text = await readBounded(answer, largestList);
    if (answer.statusCode !== 200) throw notListed(answer.statusCode ?? 0, maskKeys(text, credentials.apiKey));
    const list = readList(text);
    if (list === null) throw new AppError('provider_unavailable', "The provider's list of models is no list.");
    return list.data;
  } catch (cause) {
    late.signal.throwIfAborted();
    throw AppError.is(cause)
      ? cause
      : new AppError('provider_unavailable', 'The list of models was cut off.', { cause });
  } finally {
    cancel();
  }
}

const notListed = (status: number, answer: string) =>
  new AppError('provider_unavailable', `The provider answers ${status} instead of its list of models.`, {
    details: { status, answer: answer.slice(0, 500) },
  });

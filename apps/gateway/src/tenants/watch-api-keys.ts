/*
 * The keys that hold now. A new content of the file takes effect at the next turn; a bad one is an error in the log, once,
 * and the keys of before go on.
 *
 *   good ── the content changed, and is good ──▶ good (reloaded)
 *     ▲ └── changed, and is bad; or cannot be read ──▶ bad (said once for each content or reason)
 *     └──── good content, the old one included ────────┘
 */
import { createHash } from 'node:crypto';
import { AppError } from '@batch-gpt/errors';
import { createInterval } from '@batch-gpt/lifecycle';
import { type Logger } from '@batch-gpt/logging';
import { createKeyring, type Keyring } from './keyring.ts';
import { type ParsedApiKeys } from './parse-api-keys.ts';

/** The keys as they are at the moment. */
export interface ApiKeys {
  current(): Keyring;
}

/** Keys that follow their file. */
export interface WatchedApiKeys extends ApiKeys, AsyncDisposable {
  /** Looks at the content now; never rejects. */
  look(): Promise<void>;
}

export interface WatchApiKeysOptions {
  /** Gives the whole content, fast and bounded. */
  readonly read: () => Promise<string>;
  readonly parse: (text: string) => ParsedApiKeys;
  /** How the source is called in messages. */
  readonly source: string;
  /** Pause between looks, in milliseconds. */
  readonly every: number;
  readonly logger: Logger;
}

/** Reads the keys, and again at every interval; throws AppError `config_invalid` when they are bad at the start. */
export async function watchApiKeys({
  read,
  parse,
  source,
  every,
  logger,
}: WatchApiKeysOptions): Promise<WatchedApiKeys> {
  const keyringOf = (text: string): Keyring => {
    const parsed = parse(text);
    if (parsed.kind === 'keys') return createKeyring(parsed.file);
    throw badKeys(source, parsed.problems);
  };
  const first = await read();
  let keyring = keyringOf(first);
  let goodDigest = digestOf(first);
  /** What was last complained about. */
  let complaint: string | null = null;

  const complain = (about: string, err: unknown) => {
    if (complaint !== about) logger.error('the api keys could not be reloaded, those of before go on', { err, source });
    complaint = about;
  };
  const look = async () => {
    let text: string;
    try {
      text = await read();
    } catch (err) {
      complain(err instanceof Error ? err.message : 'unreadable', err);
      return;
    }
    const digest = digestOf(text);
    if (digest === goodDigest) {
      complaint = null;
      return;
    }
    try {
      keyring = keyringOf(text);
      goodDigest = digest;
      complaint = null;
      logger.info('api keys reloaded', { source, size: keyring.size });
    } catch (err) {
      complain(digest, err);
    }
  };

  logger.info('api keys read', { source, size: keyring.size });
  const interval = createInterval(look, every, logger, { unref: true });
  return { current: () => keyring, look, [Symbol.asyncDispose]: () => interval[Symbol.asyncDispose]() };
}

const badKeys = (source: string, problems: readonly string[]) =>
  new AppError('config_invalid', `${source} is not valid:\n${problems.map((line) => `  ${line}`).join('\n')}`, {
    details: { problems },
  });

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

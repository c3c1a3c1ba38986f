import { AppError } from '@batch-gpt/errors';
import { relayedWords } from './relayed-words.ts';

/** What a relayed call is about: a path below the provider's base URL. */
export interface RelayTarget {
  /** Decoded; none of them leads out of the base URL. */
  readonly segments: readonly string[];
  /** The query with its question mark, or ''. */
  readonly search: string;
  /** The first segment that is no word of the API: the object that the call is about. Null: a whole collection. */
  readonly id: string | null;
  /** Whether the path ends with that id. */
  readonly endsWithId: boolean;
}

const longestPath = 2048;
const longestQuery = 8192;
/** RFC 3986: pchar, percent sequences included. */
const segmentForm = /^(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+$/;
const queryForm = /^(?:[\w.~!$&'()*+,;=:@/?[\]|{}^`"<>-]|%[0-9A-Fa-f]{2})*$/;

/** Reads the target from a URL of ours, `/v1/…`. Throws AppError `invalid_value` for a path that could lead elsewhere. */
export function relayTarget(originalUrl: string): RelayTarget {
  const mark = originalUrl.indexOf('?');
  const path = mark === -1 ? originalUrl : originalUrl.slice(0, mark);
  const search = mark === -1 ? '' : originalUrl.slice(mark);
  if (path.length > longestPath || search.length > longestQuery + 1) throw unsafe('longer than is relayed');
  if (!queryForm.test(search.slice(1))) throw unsafe('not properly encoded');
  const [root, version, ...rest] = path.split('/');
  if (root !== '' || version?.toLowerCase() !== 'v1' || rest.length === 0) throw unsafe('not below /v1');
  // A slash at the end means nothing to our own routes either.
  if (rest.length > 1 && rest.at(-1) === '') rest.pop();
  const segments = rest.map(decodeSegment);
  const at = segments.findIndex((segment) => !relayedWords.has(segment));
  return {
    segments,
    search: search === '?' ? '' : search,
    id: segments[at] ?? null,
    endsWithId: at !== -1 && at === segments.length - 1,
  };
}

/** The URL of a target at the provider. */
export function providerUrl(baseUrl: string, { segments, search }: Pick<RelayTarget, 'segments' | 'search'>): URL {
  const url = new URL(baseUrl);
  url.pathname = [url.pathname.replace(/\/+$/, ''), ...segments.map(encodeSegment)].join('/');
  url.search = search;
  return url;
}

/** What decodes to a slash, a dot segment or another percent sequence may be read in two ways, so it is not sent at all. */
function decodeSegment(raw: string): string {
  if (!segmentForm.test(raw)) throw unsafe(raw === '' ? 'with an empty segment' : 'not properly encoded');
  const segment = decoded(raw);
  if (segment === null || /[/\\%\p{Cc}]/u.test(segment) || segment === '.' || segment === '..')
    throw unsafe('with a segment that could lead elsewhere');
  return segment;
}

function decoded(raw: string): string | null {
  try {
    return decodeURIComponent(raw);
  } catch {
    // It throws for nothing but bytes that are no UTF-8, and null says so.
    return null;
  }
}

/** Names of fine-tuned models have colons, which OpenAI's SDKs leave as they are. */
const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replaceAll('%3A', ':').replaceAll('%40', '@');

const unsafe = (why: string) => new AppError('invalid_value', `The path of your request is ${why}; it is not relayed.`);

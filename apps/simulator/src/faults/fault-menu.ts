import { type ApiError, serverError } from '../api-error.ts';
import * as refusals from './refusals.ts';

const routes = [
  'upload',
  'file_list',
  'file_retrieve',
  'file_delete',
  'content',
  'create',
  'retrieve',
  'list',
  'cancel',
  'models',
  'answer',
] as const;
type Route = (typeof routes)[number];

/** Where a fault bites: on one route, on any call, in a new batch, at a line that is about to run, at a webhook. */
export type FaultSite = Route | 'any' | 'batch' | 'line' | 'webhook';

/** What a refusal may depend on: the `ms` of the order, and the id the call is about (empty if it names none). */
interface RefusalFacts {
  readonly ms: number;
  readonly subject: string;
}

/** One fault of the menu. */
export interface FaultRow {
  readonly site: FaultSite;
  readonly does: string;
  /** The answer given instead of doing the work; without it the code at the site asks for the fault by name. */
  readonly refuse?: (facts: RefusalFacts) => ApiError;
}

const row = (site: FaultSite, does: string, refuse?: FaultRow['refuse']): FaultRow =>
  refuse === undefined ? { site, does } : { site, does, refuse };

/** Refusals that every route has, under `<route>_<ending>`. */
const everywhere = {
  '429': ['429 with retry-after (ms); nothing is done', ({ ms }: RefusalFacts) => refusals.rateLimited(ms)],
  '500': ['500; nothing is done', () => serverError()],
  '503': ['503 overloaded; nothing is done', refusals.overloaded],
  html_502: ['502 with an HTML page; nothing is done', refusals.badGateway],
} as const;
type Ending = keyof typeof everywhere;

const single = {
  auth_401: row('any', 'any /v1 call: 401 invalid_api_key', refusals.badKey),
  upload_cut: row('upload', 'the socket is destroyed when half of the body has come; nothing is stored'),
  upload_lost_answer: row('upload', 'the file is stored, the socket is destroyed'),
  file_lag: row('upload', 'the new file answers 404 for ms'),
  billing_429: row('create', 'nothing is created, 429 insufficient_quota', refusals.outOfMoney),
  create_file_400: row('create', 'nothing is created, 400 cannot find file (the form of 2024)', () =>
    refusals.unreadableFile('file'),
  ),
  create_lost_answer: row('create', 'the batch is created, the socket is destroyed'),
  create_500_created: row('create', 'the batch is created, the answer is 500'),
  create_slow: row('create', 'the batch is created, the answer comes after ms'),
  create_late: row(
    'create',
    'the batch is created only after ms, the answer comes then; a client that left changes nothing',
  ),
  retrieve_404: row('retrieve', '404 for a batch that exists', ({ subject }) => refusals.noSuchBatch(subject)),
  batch_vanishes: row(
    'retrieve',
    'from then on the batch is 404 and not listed, and still runs; back after ms if given',
  ),
  list_lag: row('batch', 'the new batch is not listed for ms'),
  cancel_rising: row('cancel', 'cancelling takes ms more; half of the lines left, held or not, still run meanwhile'),
  content_404: row('content', '404', ({ subject }) => refusals.noSuchFile(subject)),
  content_short: row('content', 'half of the bytes, in a well-formed answer'),
  content_cut: row('content', 'full content-length, the socket is destroyed half way'),
  spurious_file_not_found: row('batch', 'validation fails as if the file did not exist'),
  token_limit_exceeded: row('batch', 'validation fails for the enqueued-token limit'),
  validation_line_error: row('batch', 'validation fails naming one line (line, default 1)'),
  validation_unnamed: row('batch', 'validation fails naming no line'),
  empty_string_ids: row('batch', 'absent file ids of this batch are "" instead of null'),
  omitted_ids: row('batch', 'absent file ids of this batch are left out instead of null'),
  completed_null_output: row('batch', 'completes with output_file_id null although lines succeeded'),
  no_trailing_newline: row('batch', 'the last row of its result files ends without a newline'),
  expire_partial: row('batch', 'expires as soon as so many lines (line, default half) were taken up'),
  stuck_validating: row('batch', 'stays in validating until commanded, cancelled or expired'),
  stuck_in_progress: row('batch', 'stays in in_progress at 0 lines until commanded or expired'),
  stuck_finalizing: row('batch', 'stays in finalizing until commanded or cancelled'),
  line_marker: row('line', 'the line runs as if its text had this marker (marker: "duplicate_row", "big:500", ...)'),
  webhook_late: row('webhook', 'sent only after ms'),
  webhook_lost: row('webhook', 'never sent'),
  webhook_doubled: row('webhook', 'delivered twice under one id'),
  webhook_reordered: row('webhook', 'waits until a later one was delivered, ms at most'),
} as const satisfies Record<string, FaultRow>;

/** A name on the menu. */
export type FaultName = `${Route}_${Ending}` | keyof typeof single;

/** The fault menu. A row with an answer works by itself; one without is asked for by name where it bites. */
export const faultMenu: Readonly<Record<FaultName, FaultRow>> = { ...onEveryRoute(), ...single };

/** Narrows a string from outside to a name on the menu. */
export const isFaultName = (name: unknown): name is FaultName =>
  typeof name === 'string' && Object.hasOwn(faultMenu, name);

function onEveryRoute(): Record<`${Route}_${Ending}`, FaultRow> {
  const endings = Object.entries(everywhere);
  const rows = routes.flatMap((route) =>
    endings.map(([ending, [does, refuse]]) => [`${route}_${ending}`, row(route, does, refuse)] as const),
  );
  return Object.fromEntries(rows) as Record<`${Route}_${Ending}`, FaultRow>;
}

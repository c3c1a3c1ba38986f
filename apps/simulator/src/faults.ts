import { z } from 'zod';
import { ApiError, invalidRequest, serverError } from './api-error.ts';

/** Where a fault bites. */
export type FaultSite = 'any' | 'upload' | 'create' | 'retrieve' | 'list' | 'cancel' | 'content' | 'batch';

/** What an order may say beyond the name; a fault without one of them takes its own default. */
interface FaultDetails {
  readonly ms?: number | undefined;
  readonly line?: number | undefined;
}

interface FaultRow {
  readonly site: FaultSite;
  readonly does: string;
  /** The answer given instead of doing the work; without it the code at the site asks for the fault by name. */
  readonly refuse?: (details: FaultDetails) => ApiError;
}

const html502 = (): ApiError => new ApiError(502, { message: 'Bad gateway', type: 'html', param: null, code: null });
const rateLimit = (fault: FaultDetails): ApiError =>
  new ApiError(
    429,
    { message: 'Rate limit reached for batch creations.', type: 'requests', param: null, code: 'rate_limit_exceeded' },
    { 'retry-after': String(Math.ceil((fault.ms ?? 1000) / 1000)), 'retry-after-ms': String(fault.ms ?? 1000) },
  );
const outOfMoney = (): ApiError =>
  new ApiError(429, {
    message: 'You exceeded your current quota, please check your plan and billing details.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  });
const badKey = (): ApiError => invalidRequest('Incorrect API key provided.', { status: 401, code: 'invalid_api_key' });
const noSuchBatch = (): ApiError => invalidRequest('No batch found with that id.', { status: 404 });
const noSuchFile = (): ApiError => invalidRequest('No such File object.', { status: 404, param: 'id' });

const row = (site: FaultSite, does: string, refuse?: (details: FaultDetails) => ApiError): FaultRow =>
  refuse === undefined ? { site, does } : { site, does, refuse };

/** The fault menu. A row with an answer works by itself; one without is asked for by name where it bites. */
export const faultMenu = {
  auth_401: row('any', 'any /v1 call: 401 invalid_api_key', badKey),
  upload_500: row('upload', 'nothing is stored, 500', serverErrorOf),
  upload_429: row('upload', 'nothing is stored, 429 with retry-after (ms)', rateLimit),
  upload_lost_answer: row('upload', 'the file is stored, the socket is destroyed'),
  file_lag: row('upload', 'the new file answers 404 for ms'),
  create_500: row('create', 'nothing is created, 500', serverErrorOf),
  create_429: row('create', 'nothing is created, 429 with retry-after (ms)', rateLimit),
  billing_429: row('create', 'nothing is created, 429 insufficient_quota', outOfMoney),
  create_file_400: row('create', 'nothing is created, 400 cannot find file (the form of 2024)', () =>
    unreadableFile('file'),
  ),
  create_html_502: row('create', 'nothing is created, 502 with an HTML page', html502),
  create_lost_answer: row('create', 'the batch is created, the socket is destroyed'),
  create_500_created: row('create', 'the batch is created, the answer is 500'),
  create_slow: row('create', 'the batch is created, the answer comes after ms'),
  create_late: row('create', 'the batch is created only after ms, the answer comes then'),
  retrieve_500: row('retrieve', '500', serverErrorOf),
  retrieve_404: row('retrieve', '404 for a batch that exists', noSuchBatch),
  list_500: row('list', '500', serverErrorOf),
  list_lag: row('batch', 'the new batch is not listed for ms'),
  cancel_500: row('cancel', 'nothing is cancelled, 500', serverErrorOf),
  content_404: row('content', '404', noSuchFile),
  content_500: row('content', '500', serverErrorOf),
  content_html_502: row('content', '502 with an HTML page', html502),
  content_short: row('content', 'half of the bytes, in a well-formed answer'),
  content_cut: row('content', 'full content-length, the socket is destroyed half way'),
  spurious_file_not_found: row('batch', 'validation fails as if the file did not exist'),
  token_limit_exceeded: row('batch', 'validation fails for the enqueued-token limit'),
  validation_line_error: row('batch', 'validation fails naming one line (line, default 1)'),
  validation_unnamed: row('batch', 'validation fails naming no line'),
  empty_string_ids: row('batch', 'absent file ids of this batch are "" instead of null'),
  omitted_ids: row('batch', 'absent file ids of this batch are left out instead of null'),
  completed_null_output: row('batch', 'completes with output_file_id null although lines succeeded'),
  stuck_in_progress: row('batch', 'stays in in_progress at 0 lines until commanded or expired'),
  stuck_finalizing: row('batch', 'stays in finalizing until commanded or cancelled'),
} as const satisfies Record<string, FaultRow>;

/** A name on the menu. */
export type FaultName = keyof typeof faultMenu;

/** A fault as ordered: it bites `times` times (default 1) after letting `skip` occasions pass. */
export const faultSchema = z.strictObject({
  name: z.custom<FaultName>((name) => typeof name === 'string' && Object.hasOwn(faultMenu, name), 'unknown fault'),
  times: z.number().int().min(1).max(1_000_000).optional(),
  skip: z.number().int().min(0).max(1_000_000).optional(),
  ms: z.number().int().min(0).max(3_600_000).optional(),
  line: z.number().int().min(1).optional(),
});

/** An ordered fault. */
export type Fault = z.infer<typeof faultSchema>;

/** Faults in force; `take` uses one up and is null when that fault is not due. */
export interface Faults {
  order(faults: readonly Fault[]): void;
  take(name: FaultName): Fault | null;
  /** Throws the refusal of the first due fault at this site that has one. */
  refuseAt(site: FaultSite): void;
  pending(): Fault[];
}

/** The form of an unreadable input file; shared by create (2024) and by validation. */
export function unreadableFile(fileId: string): ApiError {
  return invalidRequest(unreadableFileMessage(fileId), { param: 'file_id' });
}

/** The provider's words for a file that a batch cannot read. */
export const unreadableFileMessage = (fileId: string): string =>
  `Cannot find file ${fileId}, or organization org-simulator does not have access to it.`;

function serverErrorOf(): ApiError {
  return serverError();
}

/** Keeps the ordered faults; ordering replaces all earlier ones. */
export function createFaults(): Faults {
  let active: { fault: Fault; skip: number; left: number }[] = [];
  function take(name: FaultName): Fault | null {
    const due = active.find(({ fault }) => fault.name === name);
    if (due === undefined) return null;
    if (due.skip > 0) {
      due.skip -= 1;
      return null;
    }
    due.left -= 1;
    if (due.left <= 0) active = active.filter((other) => other !== due);
    return due.fault;
  }
  return {
    take,
    order(faults) {
      active = faults.map((fault) => ({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 }));
    },
    refuseAt(site) {
      for (const { fault } of [...active]) {
        const { site: where, refuse }: FaultRow = faultMenu[fault.name];
        if (where !== site || refuse === undefined) continue;
        if (take(fault.name) !== null) throw refuse(fault);
      }
    },
    pending: () => active.map(({ fault, skip, left }) => ({ ...fault, skip, times: left })),
  };
}

/*
 * A create at the provider, as a script may bend it:
 *
 *   done                     it happens and is answered
 *   doubtful, happens        it happens, the answer is lost
 *   doubtful, happens later  it happens when the test says so, if its input file is still there
 *   anything else            it does not happen
 */
import { readFile } from 'node:fs/promises';
import type { ProviderBatch, ProviderFile } from '@batch-gpt/contracts';
import type { BatchProvider, FailureCause, SubmitAnswer } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { sampleTime } from './samples.ts';

/** How the next upload or create goes instead of well. */
export type ScriptedAnswer =
  | { readonly kind: 'doubtful'; readonly happens: 'now' | 'later' | 'never' }
  | Exclude<SubmitAnswer<never>, { kind: 'done' | 'doubtful' }>;

type CreateRequest = Parameters<BatchProvider['createBatch']>[0];

export interface MemoryProvider extends BatchProvider {
  /** Files that exist, by id, with their content. */
  readonly files: ReadonlyMap<string, { readonly file: ProviderFile; readonly content: Buffer }>;
  /** Batches that were ever created, by id, oldest first: each would have been paid. */
  readonly created: ReadonlyMap<string, ProviderBatch>;
  /** Every create that was tried, whatever came of it. */
  readonly creates: readonly CreateRequest[];
  /** Scripts the next uploads or creates, in order; then all goes well again. */
  script(call: 'upload' | 'create', ...answers: readonly ScriptedAnswer[]): void;
  /** Lets creates that happen later happen; returns the batches that came into being. */
  runLateCreates(): readonly ProviderBatch[];
  /** Changes what the provider says of a batch. */
  setBatch(id: string, change: Partial<ProviderBatch>): void;
  /** Stores a file, for example results; returns its id. */
  addFile(content: string | Buffer, purpose?: string): string;
  /** Batches show in lists only this many milliseconds after their creation. */
  setListLag(ms: number): void;
  /** Reading calls throw this code until told otherwise; null heals. */
  setReadError(code: 'provider_unavailable' | 'account_parked' | null): void;
}

const pageSize = 100;

/** A provider in memory; `now` gives its own clock in milliseconds since the epoch. */
export function createMemoryProvider(now: () => number = () => sampleTime): MemoryProvider {
  const files = new Map<string, { file: ProviderFile; content: Buffer }>();
  const created = new Map<string, ProviderBatch>();
  const creates: CreateRequest[] = [];
  const late: CreateRequest[] = [];
  const scripts = { upload: [] as ScriptedAnswer[], create: [] as ScriptedAnswer[] };
  let nextFile = 1;
  let listLag = 0;
  let readError: 'provider_unavailable' | 'account_parked' | null = null;

  const read = <T>(call: () => T): Promise<T> =>
    new Promise((resolve) => {
      if (readError !== null) throw new AppError(readError, 'the provider cannot be read');
      resolve(call());
    });

  const storeFile = (content: Buffer, filename: string, purpose: string): ProviderFile => {
    const file = {
      id: `file-${nextFile++}`,
      bytes: content.byteLength,
      created_at: Math.floor(now() / 1000),
      filename,
      purpose,
      status: 'processed',
    };
    files.set(file.id, { file, content });
    return file;
  };

  const create = (request: CreateRequest): SubmitAnswer<ProviderBatch> => {
    const input = files.get(request.inputFileId);
    if (!input) return { kind: 'refused', cause: fileNotFound(request.inputFileId) };
    const batch = newProviderBatch(`batch_provider_${created.size + 1}`, request, now(), countLines(input.content));
    created.set(batch.id, batch);
    return { kind: 'done', value: batch };
  };

  const answer = <T>(
    script: ScriptedAnswer | undefined,
    happen: () => SubmitAnswer<T>,
    postpone: () => void,
  ): SubmitAnswer<T> => {
    if (script === undefined) return happen();
    if (script.kind !== 'doubtful') return script;
    if (script.happens === 'now') happen();
    if (script.happens === 'later') postpone();
    return { kind: 'doubtful', error: new Error('the answer was lost') };
  };

  return {
    files,
    created,
    creates,

    async uploadInputFile({ path, filename }) {
      const content = await readFile(path);
      const store = () => ({ kind: 'done', value: storeFile(content, filename, 'batch') }) as const;
      return answer(scripts.upload.shift(), store, store);
    },
    getFile: (id) => read(() => files.get(id)?.file ?? null),
    deleteFile: (id) => read(() => void files.delete(id)),
    openFile: (id) =>
      read(() => {
        const found = files.get(id);
        return found ? { bytes: found.file.bytes, chunks: chunksOf(found.content) } : null;
      }),

    listInputFiles: (after) =>
      read(() => {
        const inputs = [...files.values()].map(({ file }) => file).filter((file) => file.purpose === 'batch');
        const from = after === null ? 0 : inputs.findIndex((file) => file.id === after) + 1;
        return { files: inputs.slice(from, from + pageSize), hasMore: inputs.length > from + pageSize };
      }),

    createBatch: (request) => {
      creates.push(request);
      return Promise.resolve(
        answer(
          scripts.create.shift(),
          () => create(request),
          () => late.push(request),
        ),
      );
    },
    getBatch: (id) => read(() => created.get(id) ?? null),
    listBatches: (after) =>
      read(() => {
        const listed = [...created.values()].filter((batch) => batch.created_at * 1000 + listLag <= now()).toReversed();
        const from = after === null ? 0 : listed.findIndex((batch) => batch.id === after) + 1;
        return { batches: listed.slice(from, from + pageSize), hasMore: listed.length > from + pageSize };
      }),
    cancelBatch: (id) =>
      read(() => {
        const batch = created.get(id);
        if (!batch) return null;
        if (!['validating', 'in_progress', 'finalizing'].includes(batch.status)) return batch;
        const cancelling = { ...batch, status: 'cancelling', cancelling_at: Math.floor(now() / 1000) };
        created.set(id, cancelling);
        return cancelling;
      }),

    script: (call, ...answers) => {
      scripts[call].push(...answers);
    },
    runLateCreates: () =>
      late
        .splice(0)
        .map(create)
        .flatMap((done) => (done.kind === 'done' ? [done.value] : [])),
    setBatch: (id, change) => {
      const batch = created.get(id);
      if (!batch) throw new Error(`no provider batch ${id}`);
      created.set(id, { ...batch, ...change });
    },
    addFile: (content, purpose = 'batch_output') => storeFile(Buffer.from(content), 'file.jsonl', purpose).id,
    setListLag: (ms) => {
      listLag = ms;
    },
    setReadError: (code) => {
      readError = code;
    },
  };
}

function newProviderBatch(id: string, request: CreateRequest, now: number, lines: number): ProviderBatch {
  const seconds = Math.floor(now / 1000);
  return {
    id,
    status: 'validating',
    endpoint: request.endpoint,
    input_file_id: request.inputFileId,
    output_file_id: null,
    error_file_id: null,
    created_at: seconds,
    in_progress_at: null,
    finalizing_at: null,
    completed_at: null,
    failed_at: null,
    expired_at: null,
    cancelling_at: null,
    cancelled_at: null,
    expires_at: seconds + 86_400,
    request_counts: { total: lines, completed: 0, failed: 0 },
    usage: null,
    errors: [],
    metadata: { ...request.metadata },
  };
}

function fileNotFound(id: string): FailureCause {
  const message = `Cannot find file ${id}, please verify that it exists.`;
  return { status: 400, code: 'invalid_request_error', message, param: 'file_id', type: 'invalid_request_error' };
}

function countLines(content: Buffer): number {
  return content.reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 0);
}

// eslint-disable-next-line @typescript-eslint/require-await -- the port's chunks come asynchronously
async function* chunksOf(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.byteLength; start += 1000) yield content.subarray(start, start + 1000);
}

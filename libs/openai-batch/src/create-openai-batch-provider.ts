import { providerBatch, providerFile } from '@batch-gpt/contracts';
import type { BatchProvider, SubmitAnswer } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { Logger } from '@batch-gpt/logging';
import OpenAI from 'openai';
import { z } from 'zod';
import { maskAccount, type Account } from './account.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { isConflict, toReadError, toSubmitAnswer } from './map-error.ts';
import { openFileContent } from './open-file-content.ts';
import { defaultTimeouts, type ProviderTimeouts } from './timeouts.ts';
import { uploadInputFile } from './upload-input-file.ts';

/** Credentials and address of one account; `apiKey` may be a secret that does not print. */
export interface OpenAiBatchOptions {
  readonly apiKey: string | { reveal(): string };
  /** For example `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly organization?: string | null;
  readonly project?: string | null;
  readonly logger: Logger;
  readonly timeouts?: Partial<ProviderTimeouts>;
}

// A page of a hundred failed batches, each with its thousands of errors, is the largest answer read whole.
const longestAnswer = 64 * 1024 * 1024;

const deletion = z.object({ deleted: z.literal(true) });
const batchPage = z.object({ data: z.array(providerBatch), has_more: z.boolean() });
const filePage = z.object({ data: z.array(providerFile), has_more: z.boolean().default(false) });

/** One OpenAI account as a provider; disposing it ends the calls that run. Nothing is ever called twice by itself. */
export function createOpenAiBatchProvider(options: OpenAiBatchOptions): BatchProvider & AsyncDisposable {
  const { logger } = options;
  const account = accountOf(options);
  const timeouts: ProviderTimeouts = { ...defaultTimeouts, ...options.timeouts };
  const mask = maskAccount(account);
  const sdk = createSdk(account);
  const disposed = new AbortController();

  const callOptions = (signal: AbortSignal, timeout: number) => ({
    timeout,
    signal: AbortSignal.any([signal, disposed.signal, AbortSignal.timeout(timeout)]),
  });

  async function submit<T>(what: string, schema: z.ZodType<T>, call: () => Promise<unknown>): Promise<SubmitAnswer<T>> {
    try {
      return { kind: 'done', value: schema.parse(await call()) };
    } catch (thrown) {
      // Our own side failed before anything left: nothing is in doubt.
      if (AppError.is(thrown)) throw thrown;
      const answer = toSubmitAnswer(thrown, mask);
      if (answer.kind === 'doubtful') logger.warn('provider answer in doubt', { call: what, err: answer.error });
      return answer;
    }
  }

  async function read<T>(schema: z.ZodType<T>, call: () => Promise<unknown>): Promise<T | null> {
    try {
      return schema.parse(await call());
    } catch (thrown) {
      const error = toReadError(thrown, mask);
      if (error === null) return null;
      throw error;
    }
  }

  const getFile: BatchProvider['getFile'] = (id, signal) =>
    read(providerFile, () => sdk.files.retrieve(id, callOptions(signal, timeouts.read)));
  const getBatch: BatchProvider['getBatch'] = (id, signal) =>
    read(providerBatch, () => sdk.batches.retrieve(id, callOptions(signal, timeouts.read)));

  return {
    getFile,
    getBatch,

    uploadInputFile: (file, signal) =>
      submit('upload', providerFile, () =>
        uploadInputFile(file, { account, timeouts }, AbortSignal.any([signal, disposed.signal])),
      ),

    createBatch: ({ inputFileId, endpoint, metadata }, signal) =>
      submit('create', providerBatch, () =>
        sdk.batches.create(
          { input_file_id: inputFileId, endpoint, completion_window: '24h', metadata: { ...metadata } },
          callOptions(signal, timeouts.create),
        ),
      ),

    async deleteFile(id, signal) {
      // Null is the provider's own 404: gone before.
      await read(deletion, () => sdk.files.delete(id, callOptions(signal, timeouts.read)));
    },

    async openFile(id, signal) {
      const file = await getFile(id, signal);
      if (file === null) return null;
      const whole = AbortSignal.any([signal, disposed.signal]);
      const chunks = await openFileContent(id, { account, timeouts }, whole).catch((thrown: unknown) => {
        // The file object exists, so a 404 only says that its content is not readable yet.
        throw toReadError(thrown, mask) ?? new AppError('provider_unavailable', 'The file is not readable yet.');
      });
      return { bytes: file.bytes, chunks };
    },

    async listBatches(after, signal) {
      const query = { limit: 100, ...(after !== null && { after }) };
      // Not `batches.list`: the SDK takes an answer without `data` for an empty page, and reconciling would believe it.
      const page = await read(batchPage, () => sdk.get('/batches', { query, ...callOptions(signal, timeouts.read) }));
      if (page === null) throw new AppError('provider_unavailable', 'The provider does not list batches.');
      return { batches: page.data, hasMore: page.has_more };
    },

    async listInputFiles(after, signal) {
      const query = { limit: 1000, order: 'asc', purpose: 'batch', ...(after !== null && { after }) };
      const page = await read(filePage, () => sdk.get('/files', { query, ...callOptions(signal, timeouts.read) }));
      if (page === null) throw new AppError('provider_unavailable', 'The provider does not list files.');
      return { files: page.data, hasMore: page.has_more };
    },

    cancelBatch: (id, signal) =>
      read(providerBatch, () =>
        sdk.batches.cancel(id, callOptions(signal, timeouts.read)).catch((thrown: unknown) => {
          // It ended before: then it is what it is.
          if (isConflict(thrown)) return sdk.batches.retrieve(id, callOptions(signal, timeouts.read));
          throw thrown;
        }),
      ),

    [Symbol.asyncDispose]() {
      disposed.abort(new Error('the provider was disposed'));
      return Promise.resolve();
    },
  };
}

function accountOf({ apiKey, baseUrl, organization, project }: OpenAiBatchOptions): Account {
  return {
    apiKey: typeof apiKey === 'string' ? apiKey : apiKey.reveal(),
    baseUrl: baseUrl.replace(/\/+$/, ''),
    organization: organization ?? null,
    project: project ?? null,
  };
}

/** Without retries: by default the SDK repeats a create that timed out, and both may be paid. */
function createSdk({ apiKey, baseUrl, organization, project }: Account): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: baseUrl,
    organization,
    project,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: 'off',
    fetch: boundedFetch(longestAnswer),
  });
}

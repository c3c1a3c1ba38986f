import { AppError } from '@batch-gpt/errors';
import type { BatchProvider, FailureCause, SubmitAnswer } from '@batch-gpt/domain';
import { noAnswer } from './expected-error.ts';
import type { Fault, Site } from './fault-plan.ts';
import type { ProviderWorld } from './provider-world.ts';
import type { SimProcess } from './sim-process.ts';
import type { Ending, Wire } from './wire.ts';

type Calls = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

interface OverWire {
  readonly wire: Wire;
  readonly process: SimProcess;
  readonly name: string;
  readonly siteOf: (method: string) => Site;
  readonly error: () => Error;
  readonly timeout: number;
}

/** The same port as one process reaches it: each of its calls may go wrong. */
export function overWire<T extends object>(port: T, { wire, process, name, siteOf, error, timeout }: OverWire): T {
  const calls = Object.entries(port as Calls).map(([method, call]) => [
    method,
    (...args: unknown[]) =>
      wire.call(process, {
        site: siteOf(method),
        name: `${name}.${method}`,
        effect: () => call(...args),
        fail: ({ reject }) => reject(error()),
        timeout,
      }),
  ]);
  // The same methods with the same arguments: only the way there differs.
  return Object.fromEntries(calls) as T;
}

const writes = new Set([
  'insert',
  'claim',
  'settle',
  'returnMembers',
  'endAccepted',
  'settleLate',
  'takeOver',
  'release',
]);

/** Reads are many and harmless, so they go wrong more seldom than changes. */
export function storeSite(method: string): Site {
  if (method === 'move') return 'batch move';
  if (method === 'beat') return 'beat';
  return writes.has(method) ? 'store write' : 'store read';
}

/** Signals go wrong in their own ways. */
export const signalSite = (): Site => 'signal';

export const storeAway = () => new AppError('store_unavailable', 'the store is away');
export const queueAway = () => new AppError('queue_unavailable', 'the queue is away');
const providerAway = () => new AppError('provider_unavailable', 'the provider does not answer');

const readTimeout = 30_000;

interface ProviderPort {
  readonly wire: Wire;
  readonly process: SimProcess;
  readonly world: ProviderWorld;
  /** A local input file's bytes. */
  readonly read: (path: string) => Buffer;
  readonly createTimeout: number;
  /** A create leaves the process. */
  readonly onCreate: (request: Parameters<BatchProvider['createBatch']>[0]) => void;
}

/** The provider as one process reaches it. */
export function providerPort({ wire, process, world, read, createTimeout, onCreate }: ProviderPort): BatchProvider {
  const { provider } = world;
  const reading = <T>(name: string, site: Site, effect: () => Promise<T>, signal: AbortSignal, unknown?: T) =>
    wire.call<T>(process, {
      site,
      name: `provider.${name}`,
      effect,
      fail: ({ reject }) => reject(providerAway()),
      special: (_, { resolve, reject }) => (unknown === undefined ? reject(providerAway()) : resolve(unknown)),
      timeout: readTimeout,
      signal,
    });

  async function* overLine(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      const got = await reading<Uint8Array | null>('content', 'content', () => Promise.resolve(chunk), signal, null);
      if (got === null) return;
      yield got;
    }
  }

  return {
    uploadInputFile: ({ path, filename }, signal) => {
      const content = Buffer.from(read(path));
      return wire.call<Awaited<ReturnType<BatchProvider['uploadInputFile']>>>(process, {
        site: 'upload',
        name: `provider.upload ${filename}`,
        effect: () => world.upload(content),
        fail: doubtful,
        special: (fault, end) => {
          if (fault === 'rejected') world.rejectFile(content);
          refuse(fault, end);
        },
        timeout: 120_000,
        signal,
      });
    },
    createBatch: (request) => {
      onCreate(request);
      return wire.call<Awaited<ReturnType<BatchProvider['createBatch']>>>(process, {
        site: 'create',
        name: `provider.create ${request.inputFileId}`,
        effect: () => world.create(request),
        fail: doubtful,
        special: (fault, end) => {
          if (fault === 'rejected') world.rejectFile(provider.files.get(request.inputFileId)?.content ?? null);
          refuse(fault, end);
        },
        timeout: createTimeout,
      });
    },
    getFile: (id, signal) => reading('getFile', 'provider read', () => provider.getFile(id, signal), signal, null),
    getBatch: (id, signal) => reading(`getBatch ${id}`, 'provider read', () => world.getBatch(id), signal, null),
    deleteFile: (id, signal) => reading(`deleteFile ${id}`, 'delete', () => provider.deleteFile(id, signal), signal),
    listBatches: (after, signal) =>
      reading('listBatches', 'provider read', () => provider.listBatches(after, signal), signal),
    listInputFiles: (after, signal) =>
      reading('listInputFiles', 'provider read', () => provider.listInputFiles(after, signal), signal),
    cancelBatch: (id, signal) =>
      reading(`cancelBatch ${id}`, 'provider read', () => provider.cancelBatch(id, signal), signal, null),
    openFile: async (id, signal) => {
      const content = await reading(
        `openFile ${id}`,
        'provider read',
        () => provider.openFile(id, signal),
        signal,
        null,
      );
      return content && { bytes: content.bytes, chunks: overLine(content.chunks, signal) };
    },
  };
}

function doubtful(end: Ending<{ readonly kind: 'doubtful'; readonly error: Error }>): void {
  end.resolve({ kind: 'doubtful', error: new Error(noAnswer) });
}

/** Answers that say for certain that nothing happened. */
function refuse(fault: Fault, end: Ending<Exclude<SubmitAnswer<never>, { kind: 'done' }>>): void {
  const cause = (status: number, code: string, message: string, param: string | null = null): FailureCause => ({
    status,
    code,
    message,
    param,
    type: 'invalid_request_error',
  });
  if (fault === 'slow down') {
    end.resolve({ kind: 'wait', retryAfter: 7000, cause: cause(429, 'rate_limit_exceeded', 'Slow down.') });
  } else if (fault === 'parked') {
    end.resolve({ kind: 'parked', cause: cause(401, 'invalid_api_key', 'Incorrect API key.') });
  } else if (fault === 'no file') {
    end.resolve({ kind: 'refused', cause: cause(400, 'invalid_request', 'Cannot find file.', 'file_id') });
  } else {
    end.resolve({ kind: 'refused', cause: cause(400, 'invalid_file', 'The file cannot be taken.') });
  }
}

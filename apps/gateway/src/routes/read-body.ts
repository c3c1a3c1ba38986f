import { isUtf8 } from 'node:buffer';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { AppError, toAppError } from '@batch-gpt/errors';
import { type Permit } from '../accept/admission.ts';

/** What reading a body needs. */
export interface ReadBodyOptions {
  readonly req: IncomingMessage;
  readonly res: Pick<ServerResponse, 'writeContinue'>;
  readonly maxBytes: number;
  /** Room for the body is taken while it arrives. */
  readonly permit: Pick<Permit, 'grow'>;
}

/**
 * Reads a JSON body as text. Throws AppError: `unsupported_media_type`, `body_too_large`, `too_many_waiters`,
 * `invalid_json` (empty, or not UTF-8), `client_disconnected`.
 */
export async function readBody(options: ReadBodyOptions): Promise<string> {
  const { req, res } = options;
  checkHeaders(options);
  if (req.headers.expect?.toLowerCase() === '100-continue') res.writeContinue();
  return decode(await readBytes(options));
}

function checkHeaders({ req: { headers }, maxBytes, permit }: ReadBodyOptions): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new AppError('unsupported_media_type', 'Compressed bodies are not supported: send the JSON as it is.');
  }
  if (!isJson(headers['content-type'])) {
    throw new AppError(
      'unsupported_media_type',
      "The body has to be JSON in UTF-8, sent with 'Content-Type: application/json'.",
    );
  }
  const declared = Number(headers['content-length'] ?? 0);
  if (declared > maxBytes) throw bodyTooLarge(maxBytes);
  permit.grow(declared);
}

function isJson(contentType = ''): boolean {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';', 8)
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return (
    /^application\/([\w.-]+\+)?json$/.test(type) && ['utf-8', 'utf8', undefined].includes(charset?.replaceAll('"', ''))
  );
}

function readBytes({ req, maxBytes, permit }: ReadBodyOptions): Promise<Buffer> {
  // A declared length has its room already.
  const declared = req.headers['content-length'] !== undefined;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      try {
        if (bytes > maxBytes) throw bodyTooLarge(maxBytes);
        if (!declared) permit.grow(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        fail(toAppError(error));
      }
    };
    const onEnd = () => {
      forget();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    };
    const fail = (error: AppError) => {
      forget();
      reject(error);
    };
    const onError = (cause: Error) => fail(disconnected(cause));
    const onClose = () => fail(disconnected());
    // The request lives as long as its answer is waited for, and its listeners hold the chunks.
    const forget = () => {
      req.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    req.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

function decode(bytes: Buffer): string {
  if (bytes.length === 0)
    throw new AppError('invalid_json', 'The body of your request is empty; a JSON object is expected.');
  if (!isUtf8(bytes)) throw new AppError('invalid_json', 'The body of your request is not valid UTF-8.');
  return bytes.toString('utf8');
}

/** The refusal of a body that is too large. */
export const bodyTooLarge = (maxBytes: number) =>
  new AppError('body_too_large', `The body of your request is larger than ${maxBytes} bytes.`);

const disconnected = (cause?: Error) =>
  new AppError('client_disconnected', 'The client went away while it sent its body.', { cause });

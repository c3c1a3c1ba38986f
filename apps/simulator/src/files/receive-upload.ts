import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type Readable } from 'node:stream';
import busboy from 'busboy';
import { invalidRequest, missingParameter } from '../api-error.ts';
import { isObject, parseJson } from '../json.ts';
import { scanLines } from './scan-lines.ts';

/** An upload whose bytes are on disk; the fields are as sent. */
export interface Upload {
  readonly filename: string;
  readonly bytes: number;
  readonly fields: ReadonlyMap<string, string>;
}

interface Limits {
  readonly maxBytes: number;
}

/** Bounds of a form; one file, a few short fields. */
const fieldLimits = { fields: 20, fieldNameSize: 100, fieldSize: 4096, files: 1 };

/**
 * Streams a multipart upload to `path`, never holding it in memory. Throws an `ApiError` for a form without a file or
 * with too large a one; the file on disk is then gone. The connection is always read to its end, so that the client
 * sees the answer instead of a reset.
 */
export async function receiveUpload(request: IncomingMessage, path: string, limits: Limits): Promise<Upload> {
  const fields = new Map<string, string>();
  let received: Promise<{ filename: string; bytes: number; tooLarge: boolean }> | null = null;
  const parser = openParser(request, limits);
  parser.on('field', (name, value) => fields.set(name, value));
  parser.on('file', (name, stream, { filename }) => {
    if (name === 'file' && received === null) {
      received = writeFile(stream, path).then((written) => ({ filename, ...written }));
      received.catch(() => undefined); // awaited below, after the form has ended
    } else stream.resume();
  });
  await pipeline(request, parser).catch((error: unknown) => {
    if (request.readableAborted) throw error; // the client went away: nobody is left to be told
    throw invalidRequest('Could not parse multipart form.');
  });
  const file = await (received as Promise<{ filename: string; bytes: number; tooLarge: boolean }> | null);
  if (file === null) throw missingParameter('file');
  if (file.tooLarge) {
    await rm(path, { force: true });
    throw invalidRequest(`File is too large. Maximum size is ${limits.maxBytes} bytes.`);
  }
  return { filename: file.filename, bytes: file.bytes, fields };
}

function openParser(request: IncomingMessage, limits: Limits): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { ...fieldLimits, fileSize: limits.maxBytes + 1 },
    });
  } catch {
    throw invalidRequest('Could not parse multipart form: the content type must be multipart/form-data.');
  }
}

async function writeFile(
  stream: Readable & { truncated?: boolean },
  path: string,
): Promise<{ bytes: number; tooLarge: boolean }> {
  const target = createWriteStream(path);
  await pipeline(stream, target);
  return { bytes: target.bytesWritten, tooLarge: stream.truncated === true };
}

/** Refuses what OpenAI refuses of a batch input at upload: the wrong suffix, nothing in it, a first line that is no JSON. */
export async function checkBatchInput(upload: Upload, path: string): Promise<void> {
  if (!upload.filename.endsWith('.jsonl')) throw wrongFormat('Must be .jsonl');
  if (upload.bytes === 0) throw wrongFormat('The file is empty');
  const file = await open(path);
  try {
    for await (const [first] of scanLines(file)) {
      if (first !== undefined && isObject(parseJson(first.bytes.toString('utf8')))) return;
      break;
    }
  } finally {
    await file.close();
  }
  throw wrongFormat('The first line is not valid JSON');
}

const wrongFormat = (detail: string): Error => invalidRequest(`Invalid file format for Batch API. ${detail}`);

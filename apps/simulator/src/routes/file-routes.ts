import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import { invalidRequest, invalidValue, missingParameter } from '../api-error.ts';
import { type Clock } from '../clock.ts';
import { type Faults } from '../faults/create-faults.ts';
import { msOf } from '../faults/fault.ts';
import { noSuchFile } from '../faults/refusals.ts';
import { countDeliveries } from '../files/count-deliveries.ts';
import { cutUpload } from '../files/cut-upload.ts';
import { type FileStore } from '../files/file-store.ts';
import { checkBatchInput, receiveUpload, type Upload } from '../files/receive-upload.ts';
import { type StoredFile, toFileObject } from '../files/stored-file.ts';
import { type Ledger } from '../ledger.ts';
import { pageOf, queryText, readOrder } from './paging.ts';
import { readExpiresAfter } from './parse-batch-order.ts';
import { loseAnswer, sendJson, stamp } from './respond.ts';

interface FileDeps {
  readonly files: FileStore;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Largest batch input, and largest file of any purpose. */
  readonly maxBatchFileBytes: number;
  readonly maxFileBytes: number;
}

const purposes = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'];
const pageLimits = { fallback: 10_000, max: 10_000 };
/** Files of purpose batch live 30 days unless told otherwise (reference 4.3). */
const batchFileSeconds = 2_592_000;

/** `/v1/files`: upload, list, retrieve, content, delete. */
export function fileRoutes(deps: FileDeps): Router {
  const { files, faults } = deps;
  const router = Router();

  router.post('/', async (request, response) => {
    const place = files.reserve();
    if (faults.take('upload_cut') !== null) cutUpload(request);
    try {
      const upload = await receiveUpload(request, place.path, { maxBytes: deps.maxFileBytes });
      faults.refuseAt('upload');
      const file = await accept(deps, upload, place);
      deps.ledger.count('files');
      await files.add(file);
      if (faults.take('upload_lost_answer') === null) sendJson(response, toFileObject(file));
      else loseAnswer(response);
    } catch (error) {
      await rm(place.path, { force: true });
      throw error;
    }
  });

  router.get('/', (request, response) => {
    faults.refuseAt('file_list');
    const purpose = queryText(request.query, 'purpose');
    const all = files.list().filter((file) => purpose === null || file.purpose === purpose);
    const ordered = readOrder(request.query) === 'asc' ? all.toReversed() : all;
    sendJson(response, pageOf(ordered, request.query, { limits: pageLimits, show: toFileObject }));
  });

  router.get('/:id', (request, response) => {
    faults.refuseAt('file_retrieve', request.params.id);
    sendJson(response, toFileObject(visible(files, request.params.id)));
  });

  router.get('/:id/content', async (request, response) => {
    faults.refuseAt('content', request.params.id);
    await sendContent(response, visible(files, request.params.id), deps);
  });

  router.delete('/:id', async (request: Request<{ id: string }>, response) => {
    faults.refuseAt('file_delete', request.params.id);
    const { id } = visible(files, request.params.id);
    await files.remove(id);
    sendJson(response, { object: 'file', id, deleted: true });
  });
  return router;
}

async function accept(deps: FileDeps, upload: Upload, place: { id: string; path: string }): Promise<StoredFile> {
  const purpose = upload.fields.get('purpose');
  if (purpose === undefined) throw missingParameter('purpose');
  if (!purposes.includes(purpose)) throw invalidValue('purpose', purpose, purposes);
  if (purpose === 'batch') {
    if (upload.bytes > deps.maxBatchFileBytes) {
      throw invalidRequest(`File is too large. Maximum size is ${deps.maxBatchFileBytes} bytes for purpose 'batch'.`);
    }
    await checkBatchInput(upload, place.path);
  }
  const createdAtMs = deps.clock.now();
  const lag = deps.faults.take('file_lag');
  const life = readExpiry(upload) ?? (purpose === 'batch' ? batchFileSeconds : null);
  return {
    ...place,
    purpose,
    bytes: upload.bytes,
    filename: upload.filename,
    createdAtMs,
    expiresAtMs: life === null ? null : createdAtMs + life * 1000,
    visibleAtMs: createdAtMs + (lag === null ? 0 : msOf(lag)),
  };
}

function readExpiry({ fields }: Upload): number | null {
  const anchor = fields.get('expires_after[anchor]');
  const seconds = fields.get('expires_after[seconds]');
  if (anchor === undefined && seconds === undefined) return null;
  return readExpiresAfter({ anchor, seconds: Number(seconds) }, 'expires_after');
}

function visible(files: FileStore, id: string): StoredFile {
  const file = files.read(id);
  if (file !== null) return file;
  throw noSuchFile(id);
}

async function sendContent(response: Response, file: StoredFile, { faults, ledger }: FileDeps): Promise<void> {
  const half = Math.floor(file.bytes / 2);
  const short = faults.take('content_short', file.id) !== null;
  const cut = !short && faults.take('content_cut', file.id) !== null;
  stamp(response);
  response.setHeader('content-type', 'application/octet-stream');
  response.setHeader('content-length', short ? half : file.bytes);
  response.setHeader('content-disposition', `attachment; filename="${encodeURIComponent(file.filename)}"`);
  if (file.bytes === 0 || (short && half === 0)) {
    response.end();
    return;
  }
  const source = createReadStream(file.path, short || cut ? { end: Math.max(0, half - 1) } : {});
  const isResult = file.purpose === 'batch_output';
  if (!cut && isResult) {
    const sending = { bytes: short ? half : file.bytes, whole: !short };
    const counted = countDeliveries(sending, (customIds) => ledger.recordDeliveries(customIds));
    return pipeline(source, counted, response).catch(ignoreLostClient(response));
  }
  if (!cut) return pipeline(source, response).catch(ignoreLostClient(response));
  await pipeline(source, response, { end: false }).catch(ignoreLostClient(response));
  response.destroy();
}

/** A client that goes away in the middle of a download is no fault of this server's. */
const ignoreLostClient =
  (response: Response) =>
  (error: unknown): void => {
    if (!response.destroyed) throw error;
  };

import { type IncomingMessage, type ServerResponse } from 'node:http';
import { AppError } from '@batch-gpt/errors';
import { parseJson } from '@batch-gpt/hashing';
import { type Permit } from '../accept/admission.ts';
import { readBody } from '../routes/read-body.ts';
import { type Caller } from '../tenant-of.ts';
import { checkRelayedBody, mayUseAnyModel } from './check-relayed-body.ts';
import { type Ownership } from './ownership.ts';
import { type ProviderCall } from './provider-client.ts';
import { type RelayTarget } from './relay-target.ts';

export interface RelayedBodyOptions {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly caller: Caller;
  readonly target: RelayTarget;
  readonly ownership: Ownership;
  readonly isShared: boolean;
  readonly permit: Pick<Permit, 'grow'>;
  readonly settings: { readonly maxBodyBytes: number; readonly maxJsonDepth: number };
}

/** Uploads whose forms name no model. */
const formsWithoutModel: ReadonlySet<string | undefined> = new Set([
  'containers',
  'files',
  'skills',
  'uploads',
  'vector_stores',
]);

/**
 * The body to relay: the stream as it comes, or a text that was read and checked because ids or models in it may not be
 * the caller's to use. Forms are never read: they hold files, and the ids in them are not checked.
 */
export async function relayedBody(options: RelayedBodyOptions): Promise<ProviderCall['body']> {
  const { req, res, caller, target, isShared, permit, settings } = options;
  // A route of ours that had no use for the body has discarded it.
  const length = req.readableFlowing === true ? 0 : lengthOf(req);
  if (length === 0 || req.method === 'GET' || req.method === 'HEAD') return null;
  const anyModel = mayUseAnyModel(caller);
  const isForm = /^multipart\/form-data\b/i.test(req.headers['content-type'] ?? '');
  if (!anyModel) checkCoverage(target, isForm);
  if (!isForm && (isShared || !anyModel)) {
    const text = await readBody({ req, res, maxBytes: settings.maxBodyBytes, permit });
    await checkRelayedBody(parseJson(text, { maxDepth: settings.maxJsonDepth }), options);
    return text;
  }
  if (req.headers.expect?.toLowerCase() === '100-continue') res.writeContinue();
  return { stream: req, length };
}

/** Null where only its end will tell. */
function lengthOf({ headers }: IncomingMessage): number | null {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : null;
}

/** A key that may not use every model may not send what could name any. */
function checkCoverage({ segments: [first] }: RelayTarget, isForm: boolean): void {
  if (first !== 'batches' && (!isForm || formsWithoutModel.has(first))) return;
  throw new AppError('model_not_allowed', 'This API key may use some models only, and this call could name any.');
}

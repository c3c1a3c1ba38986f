import { type ModelKind } from './models.ts';

/** The endpoints a batch may name (reference of 2026-11); `/v1/videos` has had nothing behind it since 2026-09. */
export const batchEndpoints = [
  '/v1/responses',
  '/v1/chat/completions',
  '/v1/embeddings',
  '/v1/completions',
  '/v1/moderations',
  '/v1/images/generations',
  '/v1/images/edits',
  '/v1/videos',
] as const;

/** An endpoint that a batch's lines may call. */
export type BatchEndpoint = (typeof batchEndpoints)[number];

/** Narrows a string from outside to a batch endpoint. */
export const isBatchEndpoint = (value: unknown): value is BatchEndpoint =>
  batchEndpoints.some((endpoint) => endpoint === value);

/** Which kind of model an endpoint takes. */
export const modelKindFor: Readonly<Record<BatchEndpoint, ModelKind>> = {
  '/v1/responses': 'chat',
  '/v1/chat/completions': 'chat',
  '/v1/embeddings': 'embedding',
  '/v1/completions': 'completion',
  '/v1/moderations': 'moderation',
  '/v1/images/generations': 'image',
  '/v1/images/edits': 'image',
  '/v1/videos': 'image',
};

/** The field without which an endpoint's body means nothing, null where nothing is known. */
export const requiredField: Readonly<Record<BatchEndpoint, string | null>> = {
  '/v1/responses': 'input',
  '/v1/chat/completions': 'messages',
  '/v1/embeddings': 'input',
  '/v1/completions': 'prompt',
  '/v1/moderations': 'input',
  '/v1/images/generations': 'prompt',
  '/v1/images/edits': null,
  '/v1/videos': null,
};

import { z } from 'zod';

/** The endpoints that are batched, as callers and batch lines spell them. */
export const batchEndpoint = z.enum([
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/embeddings',
  '/v1/completions',
  '/v1/moderations',
  '/v1/images/generations',
]);
export type BatchEndpoint = z.infer<typeof batchEndpoint>;

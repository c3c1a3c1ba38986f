import { z } from 'zod';

/** The endpoints that are batched, as callers and batch lines spell them. */
export const batchEndpoint = z.enum(['/v1/chat/completions', '/v1/embeddings', '/v1/responses']);
export type BatchEndpoint = z.infer<typeof batchEndpoint>;

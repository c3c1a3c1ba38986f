import { type BatchEndpoint } from '@batch-gpt/contracts';
import { chatCompletions } from './chat-completions.ts';
import { embeddings } from './embeddings.ts';
import { type Endpoint } from './endpoint.ts';
import { responses } from './responses.ts';

/** Every endpoint that is batched: a new one is a file and a row here, and its path in `contracts`. */
export const endpointTable: Readonly<Record<BatchEndpoint, Endpoint>> = {
  '/v1/chat/completions': chatCompletions,
  '/v1/embeddings': embeddings,
  '/v1/responses': responses,
};

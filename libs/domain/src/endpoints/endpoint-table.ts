import { type BatchEndpoint } from '@batch-gpt/contracts';
import { chatCompletions } from './chat-completions.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { type Endpoint } from './endpoint.ts';
import { imageGenerations } from './image-generations.ts';
import { moderations } from './moderations.ts';
import { responses } from './responses.ts';

/** Every endpoint that is batched: a new one is a file and a row here, and its path in `contracts`. */
export const endpointTable: Readonly<Record<BatchEndpoint, Endpoint>> = {
  '/v1/chat/completions': chatCompletions,
  '/v1/responses': responses,
  '/v1/embeddings': embeddings,
  '/v1/completions': completions,
  '/v1/moderations': moderations,
  '/v1/images/generations': imageGenerations,
};

import { batchCases } from './batch-cases.ts';
import { chatCases } from './chat-cases.ts';
import { embeddingCases } from './embedding-cases.ts';
import { errorCases } from './error-cases.ts';
import type { NodeCases } from './node-kit.ts';
import { patienceCases } from './patience-cases.ts';
import { responseCases } from './response-cases.ts';

/** Every cell that the clients for Node have. */
export const nodeCases: NodeCases = {
  ...chatCases,
  ...embeddingCases,
  ...responseCases,
  ...batchCases,
  ...errorCases,
  ...patienceCases,
};

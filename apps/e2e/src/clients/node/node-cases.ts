import { backgroundCases } from './background-cases.ts';
import { batchCases } from './batch-cases.ts';
import { chatCases } from './chat-cases.ts';
import { embeddingCases } from './embedding-cases.ts';
import { errorCases } from './error-cases.ts';
import type { NodeCases } from './node-kit.ts';
import { otherCases } from './other-cases.ts';
import { patienceCases } from './patience-cases.ts';
import { relayCases } from './relay-cases.ts';
import { responseCases } from './response-cases.ts';
import { streamCases } from './stream-cases.ts';

/** Every cell that the clients for Node have. */
export const nodeCases: NodeCases = {
  ...chatCases,
  ...streamCases,
  ...embeddingCases,
  ...responseCases,
  ...backgroundCases,
  ...otherCases,
  ...batchCases,
  ...relayCases,
  ...errorCases,
  ...patienceCases,
};

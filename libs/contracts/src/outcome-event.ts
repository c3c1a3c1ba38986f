import { z } from 'zod';
import { requestKey } from './ids.ts';

/** Most keys one message on the outcome channel may name. */
export const maxKeysPerEvent = 500;

/** On the outcome channel: these keys have a stored outcome now, or (`beat`) the channel is alive. Never bodies. */
export const outcomeEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('outcomes'), keys: z.array(requestKey).min(1).max(maxKeysPerEvent) }),
  z.object({ kind: z.literal('beat'), from: z.string().max(128) }),
]);
export type OutcomeEvent = z.infer<typeof outcomeEvent>;

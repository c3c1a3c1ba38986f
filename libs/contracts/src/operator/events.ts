import { z } from 'zod';
import { auditEntry } from './actions.ts';
import { operatorSnapshot } from './snapshot.ts';

/**
 * `GET /admin/events`: Server-Sent Events. `snapshot` carries the whole snapshot, whose `id` is the event's; whoever
 * names the current one as `Last-Event-ID` gets the next that differs. `action`: an operator did something through this
 * gateway; it has no id and is not repeated.
 */
export const operatorEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('snapshot'), data: operatorSnapshot }),
  z.object({ event: z.literal('action'), data: auditEntry }),
]);
export type OperatorEvent = z.infer<typeof operatorEvent>;
